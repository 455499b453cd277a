"""Sweep: enqueue what is due and was not, or whose process died; runs in every worker."""

from __future__ import annotations

from integration import keys
from integration.clock import now_ms
from integration.jobs import queue
from integration.services import Services

MOST_WAITING = 200
"""Wake-ups that may wait in RQ before the sweeper adds more: the ledger is the queue of record,
and a wake-up for each waiting job every few seconds would choke the workers."""
WATCH_MS = 5_000


def sweep(services: Services) -> int:
    """Add wake-ups for due and abandoned jobs; gives back how many."""
    actions = queue.open_queue(services.raw, keys.RQ_ACTIONS)
    room = MOST_WAITING - int(services.raw.llen(actions.key))
    if room <= 0:
        return 0
    now = now_ms()
    ids = _until(services, keys.JOBS_LEASED, now, room)
    ids += _until(services, keys.JOBS_DUE, now, room - len(ids)) if room > len(ids) else []
    if not ids:
        return 0
    # The watch is set anew in the same step: should the wake-up be lost, the next one follows.
    with services.raw.pipeline(transaction=True) as pipe:
        pipe.multi()
        for each in ids:
            pipe.zadd(keys.JOBS_DUE, {each: now + WATCH_MS})
        queue.add(actions, ids, pipe)
        pipe.execute()
    return len(ids)


def _until(services: Services, key: str, now: int, most: int) -> list[str]:
    found: list[str] = services.db.zrangebyscore(key, "-inf", now, start=0, num=most)
    return found
