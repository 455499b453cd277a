"""Items: the files of a message as its event names them, and the records stored with it."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from integration.accounts.connections import Connection
from integration.kernel import times
from integration.kernel.errors import TargetRefused
from integration.kernel.events import InboundMessage, Media
from integration.media import fetching, keeping, links, records
from integration.media.links import Link
from integration.services import Services
from integration.store.clock import wall_ms

NOTHING = "The provider gave no content of this file, and no address of it."
TOO_LARGE = "The file is larger than MEDIA_ITEM_KB, and the provider keeps no copy of it."


def of(
    services: Services, connection: Connection, message: InboundMessage, *, quiet: bool
) -> tuple[list[dict[str, Any]], str]:
    """The `media` of an event, and the records that commit.lua writes, as JSON, "" for none.

    Files of a `quiet` message, which was there before anybody listened, are fetched when their
    links are opened."""
    made = [_item(services, connection, message, n) for n in range(len(message.media))]
    owed = [
        {"id": item["id"], "state": _state(media, quiet=quiet), "source": _source(media)}
        for item, media in zip(made, message.media, strict=True)
        if item["id"]
    ]
    return made, json.dumps(owed) if owed else ""


def _item(
    services: Services, connection: Connection, message: InboundMessage, place: int
) -> dict[str, Any]:
    media, seconds = message.media[place], services.settings.media_seconds
    item = {
        "id": "",
        "url": media.url,
        "content_type": media.content_type,
        "size": media.size if media.data is None else len(media.data),
        "name": media.name,
        "expires_at": None,
        "provider_url": media.url,
        "reason": "",
    }
    if not seconds:
        return item
    if reason := _never(services, connection, media):
        return {**item, "url": "", "reason": reason}
    expires = wall_ms() // 1000 + seconds
    link = Link(connection.id, id_of(connection, message, place), expires)
    url = links.url(services, link, media.content_type)
    return {**item, "id": link.media, "url": url, "expires_at": times.from_ms(expires * 1000)}


def id_of(connection: Connection, message: InboundMessage, place: int) -> str:
    """The id of a file: the same at each webhook that brings its message."""
    named = message.provider_id or f"{message.phone} {message.received_at} {message.message}"
    facts = [connection.id, named, place, message.media[place].url]
    return f"med_{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]}"


def _never(services: Services, connection: Connection, media: Media) -> str:
    """Why the file can never be given, "" where it may be."""
    if media.url:
        try:
            fetching.places(services, connection).way(media.url)
        except TargetRefused as error:
            return error.message
    elif media.data is None:
        return NOTHING
    elif not _fits(services, media):
        return TOO_LARGE
    return ""


def _fits(services: Services, media: Media) -> bool:
    return len(media.data or b"") <= services.settings.media_item_kb * 1024


def _state(media: Media, *, quiet: bool) -> str:
    if media.data is not None:
        return records.BROUGHT
    return records.ASKED if quiet else records.WAITING


def _source(media: Media) -> str:
    return json.dumps({"url": media.url, "content_type": media.content_type})


def brought(services: Services, connection: Connection, messages: Sequence[InboundMessage]) -> None:
    """Keep the contents that a webhook brought, once its messages are committed.

    A webhook that comes again brings them again, so a crash between the two loses none."""
    for message in messages:
        for place, media in enumerate(message.media):
            if media.data is None:
                continue
            found = records.get(services, connection.workspace, id_of(connection, message, place))
            if found and found.state == records.BROUGHT:
                keeping.keep(services, found, media.data, media.content_type)
