"""Retention: what the inbox keeps, and what it must not drop while a hook is still owed it."""

import json
from collections.abc import Iterator
from datetime import datetime

from integration.inbound.inbox import START, order
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.client import TextStore, raw
from integration.store.clock import now_ms, wall_ms
from integration.store.script import script

LOOKED_AT_ONCE = 1_000
EVENTS_AT_ONCE = 5_000
"""The store serves nobody else meanwhile: after a flood there are some hundred thousand to drop."""


@script("delivery/skip_damaged", "drop_paused")
def DROP_PAUSED(
    *, owed: str, inbox: str, ms: int, sequence: int, first: str, most: int, now: int
) -> None:
    """Drop what paused hooks are owed of events before this position, and say what others are."""


def trim(services: Services, workspace: str) -> None:
    """Drop events beyond RETENTION_EVENTS, those older than RETENTION_DAYS, and such bodies that
    could not be read.

    What still has to be fanned out, or delivered to a hook that is not paused, stays for its days.
    """
    settings, db = services.settings, services.db
    oldest_ms = wall_ms() - settings.retention_days * lifetimes.DAY_MS
    db.zremrangebyscore(keys.owed(workspace), "-inf", oldest_ms)
    _trim_unreadable(db, workspace, oldest_ms)
    for kind in sorted({trigger.kind for trigger in services.catalog.triggers.values()}):
        inbox = keys.inbox(workspace, kind)
        db.xtrim(inbox, minid=f"{oldest_ms}-0", approximate=False)
        while (excess := int(db.xlen(inbox)) - settings.retention_events) > 0:
            if not _drop(services, workspace, kind, min(excess, EVENTS_AT_ONCE)):
                break


def _trim_unreadable(db: TextStore, workspace: str, oldest_ms: int) -> None:
    kept = keys.unreadable(workspace)
    # The oldest is the last.
    while (entry := db.lindex(kept, -1)) and _kept_ms(entry) < oldest_ms:
        db.lrem(kept, -1, raw(entry))


def _kept_ms(entry: str) -> int:
    """When a body was kept; one that something else wrote goes at once."""
    try:
        return int(datetime.fromisoformat(json.loads(entry)["at"]).timestamp() * 1000)
    except damaged.NONSENSE:
        return 0


def _drop(services: Services, workspace: str, kind: str, count: int) -> int:
    """Drop so many of the oldest events, or those before what somebody waits for; how many."""
    db, inbox = services.db, keys.inbox(workspace, kind)
    bounds = [db.xrange(inbox, "-", "+", count + 1)[-1][0]]
    # In this order: an event behind the fan-out's position is owed already, or no hook wants it.
    if db.sismember(keys.FANOUT_OWED, f"{workspace} {kind}"):
        bounds.append(db.get(keys.fanout_position(workspace, kind)) or START)
    bounds += _owed(services, workspace, inbox, *order(bounds[0]))
    return int(db.xtrim(inbox, minid=min(bounds, key=order), approximate=False))


def _owed(services: Services, workspace: str, inbox: str, ms: int, sequence: int) -> Iterator[str]:
    """The positions of events of this inbox before which none is owed to a hook at work.

    A hook may be paused for weeks: it is owed the events that the inbox keeps, and no older."""
    first, most = "-inf", LOOKED_AT_ONCE
    while True:
        looked, last, oldest = DROP_PAUSED(
            owed=keys.owed(workspace),
            inbox=inbox,
            ms=ms,
            sequence=sequence,
            first=first,
            most=most,
            now=now_ms(),
        ).run(services.db)
        if oldest:
            yield f"{oldest}-0"
        if looked < most:
            return
        # So many may be of one millisecond that the next look would be the same.
        most = most * 2 if last == first else LOOKED_AT_ONCE
        first = last
