"""Measuring: store what this process has counted (measures.py), and how long the store was away."""

import os
import time
from bisect import bisect_left
from collections import Counter
from typing import NamedTuple

from redis.exceptions import RedisError

from integration.store.client import TextStore
from integration.store.measures import BOUNDS, INFINITE, SUM, waiting
from integration.store.script import Rows, script

OFTEN_SECONDS = 1.0
_stored: list[float] = []
"""When this process last stored something (monotonic, seconds)."""
os.register_at_fork(after_in_child=_stored.clear)


class Count(NamedTuple):
    field: str
    by: int


@script("measure")
def MEASURE(*, away_ms: int, counts: Rows[Count]) -> None:
    """Add what a process has counted."""


def flush(db: TextStore, *, ticks: bool = False) -> None:
    """Store what was counted since the last time. `ticks` is for a process that comes each second:
    the store was away while it could not. Raises what the store raises; the counts are then kept.
    """
    now, counts = time.monotonic(), _drained()
    if not counts and not ticks:
        return
    # A process that has just started does not know how long the store was away before.
    away = int((now - _stored[0]) * 1000) if ticks and _stored else -1
    try:
        rows = [Count(*each) for each in counts.items()]
        MEASURE(away_ms=away, counts=rows).run(db)
    except RedisError:
        waiting.extend(counts.items())
        raise
    _stored[:] = [now]


def keep(db: TextStore) -> None:
    """`flush`, unless that was done a moment ago: for a process that does nothing by the clock."""
    if not _stored or time.monotonic() - _stored[0] > OFTEN_SECONDS:
        # First, so that no other greenlet does it meanwhile.
        _stored[:] = [time.monotonic()]
        flush(db)


def _drained() -> Counter[str]:
    counts: Counter[str] = Counter()
    for _ in range(len(waiting)):
        name, value = waiting.popleft()
        if isinstance(value, int):
            counts[name] += value
            continue
        place = bisect_left(BOUNDS, value)
        counts[f"{name} {BOUNDS[place] if place < len(BOUNDS) else INFINITE}"] += 1
        counts[f"{name} {SUM}"] += round(value * 1_000_000)
    return counts
