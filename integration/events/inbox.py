"""The inbox: a workspace's recent events in the order they reached us, one log a kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from integration import keys
from integration.accounts.connections import Connection
from integration.events import identity
from integration.kernel import phones, times
from integration.kernel.catalog import dashed
from integration.kernel.events import MESSAGE, Channel, InboundMessage
from integration.services import Services
from integration.store import Script

COMMIT = Script(__file__, "commit")
START = "0-0"
END = "+"
"""The positions before and behind every event."""
SEEN_SLACK_DAYS = 7
CHUNK = 200


class Entry(NamedTuple):
    """`position` is the entry's place in the log, `json` the event as it was stored."""

    position: str
    json: str
    quiet: bool


def commit(
    services: Services,
    connection: Connection,
    messages: Sequence[InboundMessage],
    channel: Channel,
    *,
    quiet: bool = False,
) -> list[str]:
    """Store what is new of `messages` (oldest first); gives back an id or "" for each.

    `quiet` events can be polled but go to no hook: they were there before anybody listened.
    """
    if not messages:
        return []
    region = services.settings.default_region or None
    slots: list[str] = []
    args: list[str] = []
    for message in messages:
        slots.append(keys.seen(connection.id, message.received_at.strftime("%Y%m%d")))
        args.append(identity.fingerprint(connection.id, message, region))
        args.append(identity.mark(message.provider_id))
        args.append(body_without_id(connection, message, region))
    workspace = connection.workspace
    shared = [keys.inbox(workspace, MESSAGE), keys.FANOUT_OWED, keys.WAKE, keys.hooks(workspace)]
    seen_ms = (services.settings.retention_days + SEEN_SLACK_DAYS) * keys.DAY_MS
    head = [channel, "1" if quiet else "0", f"{workspace} {MESSAGE}", seen_ms, identity.PREFIX]
    ids: list[str] = COMMIT.run(services.db, [*shared, *slots], [*head, *args])
    return ids


def body_without_id(connection: Connection, message: InboundMessage, region: str | None) -> str:
    """The public event, serialised here and never again; the id is put before it."""
    event = {
        "provider_id": message.provider_id,
        "connection": connection.id,
        "provider": dashed(connection.provider),
        "phone": phones.readable(message.phone, region),
        "message": message.message,
        "sim_slot": message.sim_slot,
        "device_fingerprint": message.device_fingerprint,
        "received_at": times.rfc3339(message.received_at),
        **message.extra,
    }
    # Half a surrogate pair cannot be written as UTF-8; such text is escaped instead.
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    if not _encodable(text):
        text = json.dumps(event, separators=(",", ":"))
    return text[1:]


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def newest(services: Services, workspace: str, kind: str, count: int) -> list[Entry]:
    """The last `count` entries, newest first."""
    return _entries(services.db.xrevrange(keys.inbox(workspace, kind), "+", "-", count))


def backwards(services: Services, workspace: str, kind: str, newest: str = END) -> Iterator[Entry]:
    """Every entry not after `newest`, newest first, read in chunks."""
    end = newest
    while entries := _entries(services.db.xrevrange(keys.inbox(workspace, kind), end, "-", CHUNK)):
        yield from entries
        end = f"({entries[-1].position}"


def after(
    services: Services, workspace: str, kind: str, position: str, until: str = END
) -> Iterator[Entry]:
    """Every entry after `position` and not after `until`, oldest first, read in chunks."""
    start = position
    while entries := _entries(
        services.db.xrange(keys.inbox(workspace, kind), f"({start}", until, CHUNK)
    ):
        yield from entries
        start = entries[-1].position


def _entries(rows: Any) -> list[Entry]:
    return [Entry(position, fields["e"], "q" in fields) for position, fields in rows]
