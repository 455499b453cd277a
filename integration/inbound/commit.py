"""Commit: what a provider showed becomes events in the inbox, and their fan-out is owed.

Comes after the identity (identity.py), and before the fan-out (delivery/fanout.py).
"""

import json
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

from integration.accounts import conversation_counts
from integration.accounts.connections import Connection
from integration.inbound import identity, inbox, released_identity
from integration.inbound.identity import Kin
from integration.kernel import senders, surrogates, times
from integration.kernel.catalog import dashed
from integration.kernel.events import Channel, InboundMessage
from integration.kernel.specs import Provider
from integration.media import items
from integration.opt_outs import arriving
from integration.services import Services
from integration.store import lifetimes, tallies
from integration.store.clock import wall_ms
from integration.store.script import Rows, script

PORTION = 50
"""Messages of one script call. While it runs, the store answers nobody else."""
_large = threading.Lock()
"""Held for a portion of a webhook that has many: others wait for one such body, not for all."""
DAY = 86_400
UNTOLD = 1 << 30
Kins = Counter[Kin]
_plainly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Sighting(NamedTuple):
    """A message as a channel showed it.

    The first three are those of `identity.kin`. `id` is the event's id where this message is the
    first of its fingerprint; `body` is the event without it. `released` is the fingerprint of
    release 0.1.0, and `before` the one that it had without a region; likewise for the conversation.
    `row` and `other` are those of `identity.rows`.
    `counted` is its field among the counts, which all spellings of a number share; `counted_before`
    are those under old keys, between blanks. `among` says how many are alike in this second, where
    the channel shows all that it has; elsewhere it is UNTOLD. `media` are the records of its files
    as JSON, "" without any.
    """

    likeness: bytes
    second: int
    apart: int
    id: str
    packed: bytes
    released: bytes
    before: bytes
    row: bytes
    other: bytes
    conversation: str
    packed_conversation: bytes
    before_conversation: bytes
    counted: str
    counted_before: str
    day: str
    mark: bytes
    among: int
    media: str
    body: str


@script("store/tally", "media/owe", "commit")
def COMMIT(
    *,
    workspace: str,
    connection: str,
    sealed: str,
    channel: str,
    quiet: str,
    hour: str,
    seen_ttl: int,
    media_ttl: int,
    sightings: Rows[Sighting],
) -> None:
    """Store the new ones of these sightings, and owe their fan-out; drains read the wake list."""


class Outdated(Exception):
    """The connection is gone, or was changed, since it was read; nothing was stored."""


def commit(
    services: Services,
    connection: Connection,
    messages: Sequence[InboundMessage],
    channel: Channel,
    *,
    quiet: str = inbox.NEWS,
    remembered: bool = False,
    whole: bool = False,
) -> list[str]:
    """Store the new ones of `messages` (oldest first); returns an id for each, "" for a known one.

    `whole` says that these are all that the channel shows. A provider may give its rows other ids.
    Such a row is new only where the channel shows more of its kind than ever before.
    Events that are `quiet` (inbox.py) go to no hook: they were there before the first reader.
    Raises Outdated where the connection is `remembered` and was changed since. After a crash
    between two portions the provider shows all again.
    """
    arriving.note(services, connection, messages)
    ids: list[str] = []
    kind = services.catalog.providers.get(connection.provider)
    alike = Counter(map(partial(_kin, kind), messages)) if whole else Counter()
    is_large = channel == "webhook" and len(messages) > PORTION
    turn = _large if is_large else nullcontext()
    for start in range(0, len(messages), PORTION):
        with turn:
            some = messages[start : start + PORTION]
            sightings = [_sighting(services, connection, each, alike, quiet) for each in some]
            ids += _stored(services, connection, sightings, channel, quiet, remembered=remembered)
    if quiet == inbox.NEWS:
        fresh = [each for each, id in zip(messages, ids, strict=True) if id]
        arriving.hold(services, connection, fresh)
    return ids


def _stored(
    services: Services,
    connection: Connection,
    sightings: Sequence[Sighting],
    channel: Channel,
    quiet: str,
    *,
    remembered: bool,
) -> list[str]:
    call = COMMIT(
        workspace=connection.workspace,
        connection=connection.id,
        sealed=connection.sealed if remembered else "",
        channel=identity.LETTERS[channel],
        quiet=quiet,
        hour=tallies.hour(wall_ms()),
        seen_ttl=(services.settings.retention_days + lifetimes.SEEN_DAYS) * lifetimes.DAY_MS,
        media_ttl=services.settings.media_seconds * 1000,
        sightings=sightings,
    )
    [found] = services.line.run(call, kept=True)
    if found is None:
        raise Outdated
    return [each.decode() for each in found]


@lru_cache(maxsize=100)
def _day(number: int) -> str:
    """A day, such as 20260131, by its number since 1970."""
    return datetime.fromtimestamp(number * DAY, UTC).strftime("%Y%m%d")


def _kin(kind: type[Provider] | None, message: InboundMessage) -> Kin:
    return identity.kin(message, joined=identity.joins(kind, message))


def _sighting(
    services: Services,
    connection: Connection,
    message: InboundMessage,
    alike: Kins,
    quiet: str,
) -> Sighting:
    region = services.settings.default_region or None
    kind = services.catalog.providers.get(connection.provider)
    plain = kind is not None and kind.plain_numbers
    joined = identity.joins(kind, message)
    kin = identity.kin(message, joined=joined)
    names = _names(connection.id, message, region, joined=joined)
    talk = _talk(services, connection.id, message.phone, region)
    first = (*kin, *names, *talk)
    files, owed = items.of(services, connection, message, quiet=quiet != inbox.NEWS)
    return Sighting(
        *first,
        day=_day(kin.second // DAY),
        mark=identity.mark(message.provider_id),
        among=alike.get(kin, UNTOLD),
        media=owed,
        body=body_without_id(connection, message, region, files, plain=plain),
    )


def _names(
    connection_id: str, message: InboundMessage, region: str | None, *, joined: bool
) -> tuple[str, bytes, bytes, bytes, bytes, bytes]:
    """From the `id` of a sighting to its `other`. Release 0.1.0 knew no ids that join."""
    if joined:
        own = identity.by_id(connection_id, message)
        return identity.PREFIX + own.text, own.packed, own.packed, own.packed, *identity.NO_ROWS
    own = identity.fingerprint(connection_id, message)
    released = released_identity.fingerprints(connection_id, message, region, own)
    return identity.PREFIX + own.text, own.packed, *released, *identity.rows(message)


def _talk(
    services: Services, connection_id: str, phone: str, region: str | None
) -> tuple[str, bytes, bytes, str, str]:
    """From the `conversation` of a sighting to its `counted_before`."""
    counted, *before = conversation_counts.names(services, connection_id, phone)
    talk = identity.TALK_PREFIX + identity.conversation(connection_id, phone).text
    released = released_identity.conversations(connection_id, phone, region)
    return talk, *released, counted, " ".join(before)


def body_without_id(
    connection: Connection,
    message: InboundMessage,
    region: str | None,
    files: Sequence[Mapping[str, Any]],
    *,
    plain: bool = False,
) -> str:
    """The public event, serialised here and never again; the id is put before it. `plain` is as in
    `senders.named`; the own number stays as its gateway takes it for a sender."""
    event = {
        "provider_id": message.provider_id,
        "connection": connection.id,
        "provider": dashed(connection.provider),
        "phone": senders.named(message.phone, region, plain=plain),
        "message": message.message,
        "sim_slot": message.sim_slot,
        "device_fingerprint": message.device_fingerprint,
        "to": message.to and senders.named(message.to, region),
        "media": files,
        "opt_out": message.opt_out,
        "received_at": times.rfc3339(message.received_at),
        **message.extra,
    }
    text = _plainly(event)
    if not surrogates.is_plain(text):
        # What somebody wrote is escaped, and not replaced: by it we find who showed the message.
        event = {**surrogates.replaced_within(event), "message": message.message}
        text = json.dumps(event, separators=(",", ":"))
    return text[1:]
