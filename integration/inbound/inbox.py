"""The inbox: a workspace's recent events in the order they reached us, one log a kind.

Written by commit.py; read by polls, by the fan-out (delivery/fanout.py) and by a replay.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, islice
from typing import Any, NamedTuple

from integration.kernel.events import Event
from integration.services import Services
from integration.store import damaged, keys

START = "0-0"
END = "+"
"""The positions before and behind every event."""
CHUNK, SOUGHT = 200, 250
NEWS, HISTORY, ADDED = "0", "1", "2"
"""What an entry is: the last two are quiet."""


class Entry(NamedTuple):
    """`position` is the entry's place in the log, `json` the event as stored, `event` its content.

    A `quiet` one is older than the first reader, and goes to no hook. One that was `added` came
    with an account that joined a workspace with readers: it is no news to them either."""

    position: str
    json: str
    event: Event
    quiet: bool
    added: bool = False


def order(position: str) -> tuple[int, int]:
    """What positions are compared by."""
    time, _, count = position.partition("-")
    return int(time), int(count or 0)


def newest(
    services: Services, workspace: str, kind: str, count: int, *, added: bool = False
) -> list[Entry]:
    """The last `count` entries, newest first; the history of `added` accounts where wanted."""
    found = backwards(services, workspace, kind)
    return list(islice((each for each in found if added or not each.added), count))


def as_stored(rows: Any, *, quiet: bool) -> list[bytes] | None:
    """The events in a raw reply, as they came. None where one has to be looked at: it cannot be
    read, or, unless `quiet` ones are wanted too, was there before anybody listened.

    An entry is never changed, so what was read once is not read again.
    """
    events = [
        fields[1]
        for _, fields in rows
        if fields[0] == b"e" and (len(fields) == 2 or (quiet and fields[3] != ADDED.encode()))
    ]
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


def sought(
    services: Services,
    workspace: str,
    kind: str,
    newest: str,
    fits: Callable[[Sequence[str]], Sequence[bool]],
) -> Iterator[tuple[str, Entry | None]]:
    """The position of every such entry; the entry where its event, as it is stored, fits."""
    log, end = keys.inbox(workspace, kind), newest
    while rows := services.db.xrevrange(log, end, "-", SOUGHT):
        fitting = compress(rows, fits([fields.get("e", "") for _, fields in rows]))
        entries = {entry.position: entry for entry in readable(services, log, fitting)}
        yield from ((position, entries.get(position)) for position, _ in rows)
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
            mark = fields.get("q", "")
            yield Entry(position, fields["e"], event, bool(mark), mark == ADDED)


def _event(text: str | bytes) -> Event | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = found.get("id") if isinstance(found, dict) else None
    # Half a surrogate pair could neither be hashed nor sent.
    return found if isinstance(known, str) and known.isascii() else None
