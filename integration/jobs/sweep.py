"""Sweep: enqueue what is due and was not, or whose process died; runs in every worker."""

from __future__ import annotations

import re
from typing import Unpack

from integration.jobs import claim, rq_queue
from integration.jobs.rq_queue import Enqueueing
from integration.services import Services
from integration.store import damaged, keys
from integration.store.clock import now_ms
from integration.store.script import Rest, Slot, script

MOST_WAITING = 200
"""Wake-ups that may wait in RQ before the sweeper adds more. The ledger is the queue of record, and
a wake-up for each waiting job every few seconds would choke the workers."""
MOST_ABANDONED = 50
WATCH_MS = 5_000
OURS = re.compile(r"job_[0-9a-f]+")
"""RQ refuses odd ids, and one refusal would end the sweep for every other job."""


@script("rq_enqueue", "sweep", makes=(keys.rq_job,))
def SWEEP(
    *, jobs_due: Slot, look_again: int, abandoned: int, ids: Rest, **rq: Unpack[Enqueueing]
) -> None:
    """Enqueue jobs."""


def sweep(services: Services) -> int:
    """Add wake-ups for abandoned and due jobs; returns how many."""
    actions, now = keys.RQ_ACTIONS, now_ms()
    # Ahead of all that wait, however many: what a dead process held is what has waited longest.
    abandoned = _unwatched(services, _until(services, keys.JOBS_LEASED, now, MOST_ABANDONED), now)
    room = max(0, MOST_WAITING - int(services.db.llen(keys.rq_waiting(actions))))
    due = [each for each in _until(services, keys.JOBS_DUE, now, room) if each not in abandoned]
    if not abandoned and not due:
        return 0
    call = SWEEP(
        jobs_due=keys.JOBS_DUE,
        look_again=now + WATCH_MS,
        abandoned=len(abandoned),
        ids=[*abandoned, *due],
        **rq_queue.names(actions, rq_queue.PERFORM),
    )
    return int(call.run(services.db))


def _unwatched(services: Services, ids: list[str], now: int) -> list[str]:
    """Without those that some process woke a moment ago."""
    scores = services.db.zmscore(keys.JOBS_DUE, ids) if ids else []
    return [each for each, at in zip(ids, scores, strict=True) if at is None or at <= now]


def _until(services: Services, key: str, now: int, most: int) -> list[str]:
    if not most:
        return []
    found: list[str] = services.db.zrangebyscore(key, "-inf", now, start=0, num=most)
    for each in (each for each in found if not OURS.fullmatch(each)):
        damaged.note(services.db, f"{key} {each[:40]}", "no job's id")
        claim.put_aside(services, each)
    return [each for each in found if OURS.fullmatch(each)]
