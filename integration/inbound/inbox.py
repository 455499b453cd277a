"""The inbox: a workspace's recent events in the order they reached us, one log a kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from integration.accounts.connections import Connection
from integration.inbound import identity
from integration.kernel import phones, times
from integration.kernel.catalog import dashed
from integration.kernel.events import CONVERSATION, MESSAGE, Channel, Event, InboundMessage
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.client import Script
from integration.store.pipeline import Command
from integration.store.script import ScriptCall

COMMIT = Script(__file__, "commit")
START = "0-0"
END = "+"
"""The positions before and behind every event."""
SEEN_SLACK_DAYS = 7
CHUNK = 200
_plainly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Entry(NamedTuple):
    """`position` is the entry's place in the log, `json` the event as it was stored, `event` what
    that says; `quiet` ones were there before anybody listened."""

    position: str
    json: str
    event: Event
    quiet: bool


def order(position: str) -> tuple[int, int]:
    """What positions are compared by."""
    time, _, count = position.partition("-")
    return int(time), int(count or 0)


class Outdated(Exception):
    """The connection is gone, or another, since it was read; nothing was stored."""


def commit(
    services: Services,
    connection: Connection,
    messages: Sequence[InboundMessage],
    channel: Channel,
    *,
    quiet: bool = False,
    remembered: bool = False,
) -> list[str]:
    """Store what is new of `messages` (oldest first); gives back an id or "" for each.

    `quiet` events can be polled but go to no hook: they were there before anybody listened.
    Raises Outdated where the connection is `remembered` and not as it was.
    """
    if not messages:
        return []
    region = services.settings.default_region or None
    slots: list[str] = []
    args: list[str | bytes] = []
    for message in messages:
        slots.append(keys.seen(connection.id, _day(message)))
        args += _sighting(connection, message, region)
    workspace = connection.workspace
    shared = [keys.inbox(workspace, MESSAGE), keys.FANOUT_OWED, keys.WAKE, keys.hooks(workspace)]
    shared += [keys.inbox(workspace, CONVERSATION), keys.numbers(connection.id)]
    shared.append(keys.connection(connection.id))
    seen_ms = (services.settings.retention_days + SEEN_SLACK_DAYS) * lifetimes.DAY_MS
    head = [identity.LETTERS[channel], "1" if quiet else "0", f"{workspace} {MESSAGE}", seen_ms]
    head += [identity.PREFIX, f"{workspace} {CONVERSATION}", lifetimes.NUMBERS_SECONDS]
    head.append(connection.sealed if remembered else "")
    call = ScriptCall(COMMIT.source, COMMIT.sha, (*shared, *slots), (*head, *args))
    [ids] = services.line.run(call)
    if ids is None:
        raise Outdated
    return [each.decode() for each in ids]


def _day(message: InboundMessage) -> str:
    return message.received_at.date().isoformat().replace("-", "")


def _sighting(
    connection: Connection, message: InboundMessage, region: str | None
) -> Sequence[str | bytes]:
    name = identity.fingerprint(connection.id, message, region)
    talk = identity.conversation(connection.id, message, region)
    return (
        name.text,
        name.packed,
        identity.mark(message.provider_id),
        identity.TALK_PREFIX + talk.text,
        talk.packed,
        body_without_id(connection, message, region),
    )


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


def newest(services: Services, workspace: str, kind: str, count: int) -> list[Entry]:
    """The last `count` entries, newest first."""
    log = keys.inbox(workspace, kind)
    while True:
        rows = services.db.xrevrange(log, "+", "-", count)
        found = list(readable(services, log, rows))
        # What could not be read was taken out, so the same look again finds others in its place.
        if len(found) == len(rows):
            return found


def newest_read(workspace: str, kind: str, count: int) -> Command:
    """The command that reads the last `count` entries, for `as_stored`."""
    return ("XREVRANGE", keys.inbox(workspace, kind), "+", "-", "COUNT", count)


def after_read(workspace: str, kind: str, position: str, count: int) -> Command:
    """The command that reads the next `count` entries after a position, for `as_stored`."""
    return ("XRANGE", keys.inbox(workspace, kind), f"({position}", "+", "COUNT", count)


def as_stored(rows: Any, *, quiet: bool) -> list[bytes] | None:
    """The events in a raw reply, as they came. None where one has to be looked at: it cannot be
    read, or, unless `quiet` ones are wanted too, was there before anybody listened.

    An entry is never changed, so what was read once is not read again.
    """
    events = [fields[1] for _, fields in rows if fields[0] == b"e" and (quiet or len(fields) == 2)]
    if len(events) != len(rows):
        return None
    marks = set(map(hash, events))
    if not marks <= _read:
        if not all(_event(event) for event in events if hash(event) not in _read):
            return None
        if len(_read) > MOST_READ:
            _read.clear()
        _read.update(marks)
    return events


_read: set[int] = set()
"""Events that this process could read, by hash: 64 bits under a key of the process's own."""
MOST_READ = 20_000


def backwards(services: Services, workspace: str, kind: str, newest: str = END) -> Iterator[Entry]:
    """Every entry not after `newest`, newest first, read in chunks."""
    log, end = keys.inbox(workspace, kind), newest
    while rows := services.db.xrevrange(log, end, "-", CHUNK):
        yield from readable(services, log, rows)
        end = f"({rows[-1][0]}"


def after(
    services: Services, workspace: str, kind: str, position: str, until: str = END
) -> Iterator[Entry]:
    """Every entry after `position` and not after `until`, oldest first, read in chunks."""
    log, start = keys.inbox(workspace, kind), position
    while rows := services.db.xrange(log, f"({start}", until, CHUNK):
        yield from readable(services, log, rows)
        start = rows[-1][0]


def at(services: Services, log: str, position: str) -> Entry | None:
    """The entry at this place of the inbox with the key `log`, None where it is gone."""
    rows = services.db.xrange(log, position, position)
    return next(readable(services, log, rows), None)


def readable(services: Services, log: str, rows: Any) -> Iterator[Entry]:
    """What can be read of `rows`. An event that cannot would spoil every answer and stop every
    hook of its workspace, so it is taken out."""
    for position, fields in rows:
        event = _event(fields.get("e", ""))
        if event is None:
            damaged.note(services.db, f"{log} {position}", "no event in JSON")
            services.db.xdel(log, position)
        else:
            yield Entry(position, fields["e"], event, "q" in fields)


def _event(text: str | bytes) -> Event | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = found.get("id") if isinstance(found, dict) else None
    # Half a surrogate pair could neither be hashed nor sent.
    return found if isinstance(known, str) and known.isascii() else None
