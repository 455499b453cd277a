"""Sweep: bring what waits on in its lane, and take back what a dead process held or RQ lost.

It runs in every worker. Most jobs never need it: whatever ends a run admits the next of the lane.
"""

import re
import time
from collections.abc import Callable
from typing import Unpack

from redis.exceptions import ResponseError

from integration.accounts import pacing
from integration.jobs import claim, failover, rq_queue
from integration.jobs.rq_queue import ADMIT, Admitting
from integration.services import Services
from integration.store import damaged, keys
from integration.store.clock import now_ms
from integration.store.script import Rest, script

MOST = 200
"""Jobs or lanes that one round looks at."""
MOVING_SECONDS = 1.0
"""How long one round moves jobs from silent accounts, after it has looked at each lane once."""
AGAIN_MS = 60_000
"""When a lane whose records are damaged is looked at again."""
Wait = Callable[[float], bool]
"""Waits for so many seconds."""
OURS = re.compile(r"job_[0-9a-f]+")
"""RQ refuses odd ids, and one refusal would end the sweep for every other job."""


def _asleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


@script(*ADMIT, "sweep")
def SWEEP(*, lane: str, ids: Rest, **shared: Unpack[Admitting]) -> None:
    """Look at a lane, or take jobs into their lanes."""


@script("lanes_due")
def LANES_DUE(*, now: int, ahead: int, most: int) -> None:
    """Name the lanes that are due within `ahead` milliseconds, for one process to look at."""


def sweep(services: Services, seconds: float = 0.0, wait: Wait = _asleep) -> None:
    """Take jobs into their lanes that are due and in none, then look at each lane that is due.

    Those that will be due within `seconds` are looked at as well, each at its own time: together
    they would keep every other job waiting. `wait` returns True where the sweep is to end.
    """
    for index in (keys.JOBS_LEASED, keys.JOBS_DUE):
        if ids := _due(services, index):
            SWEEP(lane="", ids=ids, **_admitting(services)).run(services.db)
    lanes = []
    for lane, at in _coming(services, seconds):
        # At most so long, also where our clock was put back meanwhile.
        if at > (now := now_ms()) and wait(min((at - now) / 1000, seconds)):
            return
        if _look(services, lane):
            lanes.append(lane)
    limit = time.monotonic() + MOVING_SECONDS
    while time.monotonic() <= limit and lanes:
        lanes = [each for each in lanes if _look(services, each)]


def _coming(services: Services, seconds: float) -> list[tuple[str, float]]:
    """The lanes to look at, and when (ms), in this order."""
    call = LANES_DUE(now=now_ms(), ahead=int(seconds * 1000), most=MOST)
    found = call.run(services.db)
    return [(lane, float(at)) for lane, at in zip(found[::2], found[1::2], strict=True)]


def _admitting(services: Services) -> Admitting:
    return rq_queue.admitting(pacing.pepper(services))


def _look(services: Services, lane: str) -> bool:
    """Whether more of its jobs may go on through other connections. One damaged lane must not hold
    up the others, nor one that a backlog leaves."""
    try:
        ids = SWEEP(lane=lane, ids=(), **_admitting(services)).run(services.db)
        if ids:
            failover.leave(services, lane, ids)
        return bool(ids)
    except ResponseError as error:
        damaged.note_refusal(services.db, keys.lane(lane), error)
        services.db.zadd(keys.LANES, {lane: now_ms() + AGAIN_MS})
        return False


def _due(services: Services, index: str) -> list[str]:
    """Ids that no lane has yet: lane.lua gives those that one has a score below zero."""
    found: list[str] = services.db.zrangebyscore(index, 0, now_ms(), start=0, num=MOST)
    for each in (each for each in found if not OURS.fullmatch(each)):
        damaged.note(services.db, f"{index} {each[:40]}", "no job's id")
        claim.put_aside(services, each)
    return [each for each in found if OURS.fullmatch(each)]
