"""The list of a hook's deliveries, page by page through all that are kept.

The log has the newest ones, in the order in which they were made. Older ones follow in the order
of their events. No index holds these: the id of each follows from its hook and event.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from integration.delivery import log
from integration.delivery.records import delivery_id
from integration.delivery.retry_schedule import DEAD, DELIVERED, QUEUED
from integration.hooks.record import Hook
from integration.inbound import inbox
from integration.services import Services
from integration.store import keys
from integration.store.clock import as_wall
from integration.store.lifetimes import DELIVERIES_KEPT

STATUSES = (QUEUED, DELIVERED, DEAD)
"""What a list may be asked for: all that waits, what was delivered, or what is dead."""
LOOKED_AT = 5_000
"""Deliveries and events that one page looks at."""
STEP = 100
"""Records that one trip to the store reads."""


NEAR_MS = 1_000
"""So near to its place in the log is the time that a delivery's record says."""


class Place(NamedTuple):
    """After which row a page begins, by its score in a sorted set and its id.

    Behind the log, these are the time (`wall_ms`) and id of the log's oldest row. `position` is
    the event up to which the inbox was looked through.
    """

    score: float
    id: str
    position: str = ""


Found = tuple[Place, Mapping[str, str]]
"""A place and the record there, {} where none is kept."""


def page(
    services: Services, hook: Hook, limit: int, after: Place | None = None, status: str = ""
) -> tuple[list[dict[str, Any]], Place | None]:
    """One page, newest first, and where the next one goes on; None at the end.

    `status` is one of STATUSES; what waits comes in the order of its next try. A page with fewer
    rows than `limit` and a place has looked at LOOKED_AT rows.
    """
    rows: list[dict[str, Any]] = []
    last = after
    for looked, (place, record) in enumerate(_walked(services, hook, status, after)):
        if len(rows) == limit or looked == LOOKED_AT:
            return rows, last
        last = place
        if record and (row := log.readable(services, record)) and status in ("", row["status"]):
            rows.append(row)
    return rows, None


def _walked(services: Services, hook: Hook, status: str, after: Place | None) -> Iterator[Found]:
    if status == QUEUED:
        yield from _scored(services, keys.hook_due(hook.id), after, oldest_first=True)
    elif status == DEAD:
        yield from _scored(services, keys.hook_dead(hook.id), after)
    else:
        yield from _everything(services, hook, after)


def _everything(services: Services, hook: Hook, after: Place | None) -> Iterator[Found]:
    """The log, and what is older than its last row."""
    before = after if after and after.position else None
    if before is None:
        oldest = after
        for place, record in _scored(services, keys.hook_log(hook.id), after):
            yield place, record
            oldest = place
        if oldest is None or services.db.zcard(keys.hook_log(hook.id)) < DELIVERIES_KEPT:
            return  # Nothing has left the log yet.
        before = Place(_made_ms(services, oldest), oldest.id, inbox.END)
    yield from _older(services, hook, before)


def _made_ms(services: Services, row: Place) -> int:
    """When this row of the log was made (`wall_ms`); one that was sent again since says another
    time, and one that is gone says none."""
    [record] = log.records(services, [row.id])
    made, at = int(record.get("created_ms") or 0), as_wall(int(row.score))
    return made if abs(made - at) < NEAR_MS else at


def _older(services: Services, hook: Hook, before: Place) -> Iterator[Found]:
    """Deliveries of the events in the inbox, without those that were made after `before`."""
    kind = services.catalog.trigger(hook.trigger).kind
    newest = before.position if before.position == inbox.END else f"({before.position}"
    entries = inbox.backwards(services, hook.workspace, kind, newest)
    while some := list(islice(entries, STEP)):
        ids = [delivery_id(hook.id, each.event["id"]) for each in some]
        for entry, record in zip(some, log.records(services, ids), strict=True):
            made = (int(record.get("created_ms") or 0), record.get("id", ""))
            old = record if made < before[:2] else {}
            yield before._replace(position=entry.position), old


def _scored(
    services: Services, key: str, after: Place | None, *, oldest_first: bool = False
) -> Iterator[Found]:
    """The deliveries of a sorted set behind a place, each once also where it moves on."""
    while places := _next(services, key, after, oldest_first):
        yield from zip(places, log.records(services, [each.id for each in places]), strict=True)
        after = places[-1]


def _next(services: Services, key: str, after: Place | None, oldest_first: bool) -> Sequence[Place]:
    """Some places behind `after`; those of one score are ordered by their ids."""
    read = services.db.zrangebyscore if oldest_first else services.db.zrevrangebyscore
    start = ("-inf" if oldest_first else "+inf") if after is None else repr(after.score)
    end, step = "+inf" if oldest_first else "-inf", STEP
    while True:
        rows = read(key, start, end, 0, step, withscores=True)
        places = [Place(score, id) for id, score in rows]
        fresh = [each for each in places if after is None or _is_behind(each, after, oldest_first)]
        if fresh or len(rows) < step:
            return fresh
        step *= 2


def _is_behind(place: Place, after: Place, oldest_first: bool) -> bool:
    return place[:2] > after[:2] if oldest_first else place[:2] < after[:2]
