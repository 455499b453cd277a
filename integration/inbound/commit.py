"""Commit: what a provider showed becomes events in the inbox, and their fan-out is owed.

Comes after the identity (identity.py), and before the fan-out (delivery/fanout.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple, TypedDict, Unpack

from integration.accounts.connections import Connection
from integration.inbound import identity
from integration.kernel import senders, times
from integration.kernel.catalog import dashed
from integration.kernel.events import CONVERSATION, MESSAGE, Channel, InboundMessage
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.script import Rows, Slot, script

_plainly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Sighting(NamedTuple):
    """A message as a channel showed it.

    `day` is that of the message, `packed` its fingerprint as stored. `id` is the event's id where
    this message is the first of its fingerprint; `body` is the event without it.
    """

    day: str
    id: str
    packed: bytes
    mark: bytes
    conversation: str
    packed_conversation: bytes
    body: str


class Places(TypedDict):
    """Where a connection's sightings are stored."""

    messages: Slot
    conversations: Slot
    fanout_owed: Slot
    wake: Slot
    hooks: Slot
    numbers: Slot
    connection: Slot
    connection_id: str
    messages_member: str
    conversations_member: str


@script("commit", makes=(keys.seen,))
def COMMIT(
    *,
    sealed: str,
    channel: str,
    quiet: str,
    seen_ttl: int,
    numbers_ttl: int,
    sightings: Rows[Sighting],
    **shared: Unpack[Places],
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
    quiet: bool = False,
    remembered: bool = False,
) -> list[str]:
    """Store the new ones of `messages` (oldest first); returns an id for each, "" for a known one.

    `quiet` events can be polled but go to no hook: they were there before the first reader.
    Raises Outdated where the connection is `remembered` and was changed since.
    """
    if not messages:
        return []
    region = services.settings.default_region or None
    sightings = [_sighting(connection, each, region) for each in messages]
    seen_ms = (services.settings.retention_days + lifetimes.SEEN_DAYS) * lifetimes.DAY_MS
    call = COMMIT(
        channel=identity.LETTERS[channel],
        quiet="1" if quiet else "0",
        sealed=connection.sealed if remembered else "",
        seen_ttl=seen_ms,
        numbers_ttl=lifetimes.NUMBERS_SECONDS,
        sightings=sightings,
        **_places(connection),
    )
    [ids] = services.line.run(call)
    if ids is None:
        raise Outdated
    return [each.decode() for each in ids]


def _places(connection: Connection) -> Places:
    workspace = connection.workspace
    return Places(
        messages=keys.inbox(workspace, MESSAGE),
        conversations=keys.inbox(workspace, CONVERSATION),
        fanout_owed=keys.FANOUT_OWED,
        wake=keys.WAKE,
        hooks=keys.hooks(workspace),
        numbers=keys.numbers(connection.id),
        connection=keys.connection(connection.id),
        connection_id=connection.id,
        messages_member=f"{workspace} {MESSAGE}",
        conversations_member=f"{workspace} {CONVERSATION}",
    )


def _sighting(connection: Connection, message: InboundMessage, region: str | None) -> Sighting:
    name = identity.fingerprint(connection.id, message, region)
    talk = identity.conversation(connection.id, message, region)
    return Sighting(
        day=message.received_at.date().isoformat().replace("-", ""),
        id=identity.PREFIX + name.text,
        packed=name.packed,
        mark=identity.mark(message.provider_id),
        conversation=identity.TALK_PREFIX + talk.text,
        packed_conversation=talk.packed,
        body=body_without_id(connection, message, region),
    )


def body_without_id(connection: Connection, message: InboundMessage, region: str | None) -> str:
    """The public event, serialised here and never again; the id is put before it."""
    event = {
        "provider_id": message.provider_id,
        "connection": connection.id,
        "provider": dashed(connection.provider),
        "phone": senders.named(message.phone, region),
        "message": message.message,
        "sim_slot": message.sim_slot,
        "device_fingerprint": message.device_fingerprint,
        "received_at": times.rfc3339(message.received_at),
        **message.extra,
    }
    # Half a surrogate pair cannot be written as UTF-8; such text is escaped instead.
    text = _plainly(event)
    if not _encodable(text):
        text = json.dumps(event, separators=(",", ":"))
    return text[1:]


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
