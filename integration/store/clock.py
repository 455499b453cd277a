"""The clock: one time for all our processes, agreed through the store, which no step can move.

`now_ms` is for leases, delays and waits: it goes on as time passes, also when somebody sets a
machine's clock. `wall_ms` is what the store's clock shows, for what people and services read.
"""

import time
from dataclasses import dataclass
from typing import Unpack

from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer

from integration.store import past
from integration.store.client import TextStore, takes_no_write
from integration.store.past import Beat
from integration.store.script import script

OFTEN_SECONDS = 1.0
LONGEST_TRIP_MS = 1_000
"""By so much at most two processes disagree; the ledger's leases are two seconds longer than what
is done under them."""


@script("past", "witness", "agree")
def AGREE(*, ours: int, **beat: Unpack[Beat]) -> None:
    """Agree on the time; 0 for a process that has just started."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What both times were at `at`, which is monotonic; all in milliseconds."""

    steady: int
    wall: int
    at: float


_last: list[Agreement] = []
_asked: list[float] = []


def now_ms() -> int:
    """Milliseconds near to those since 1970; only the difference of two of them means anything."""
    return _last[0].steady + _since(_last[0]) if _last else _own_ms()


def wall_ms() -> int:
    """Milliseconds since 1970 by the store's clock; by this machine's until the store was asked."""
    return _last[0].wall + _since(_last[0]) if _last else _own_ms()


def as_wall(moment_ms: int) -> int:
    """When a moment of `now_ms` is or was, as people read it; the same at each call, unless the
    store's clock is set meanwhile."""
    return moment_ms + (_last[0].wall - _last[0].steady if _last else 0)


def agree(db: TextStore) -> None:
    """Read the common time, and move it on where ours is ahead; every process does it each second.

    Raises NoAnswer where the answer took too long to be dated and nothing was agreed before.
    """
    asked = _monotonic_ms()
    _asked[:] = [asked]
    ours = now_ms() if _last else 0
    mine = past.beat(ours)
    steady, wall, born = AGREE(ours=ours, **mine).run(db)
    past.heard(mine, wall, born)
    heard = _monotonic_ms()
    if heard - asked > LONGEST_TRIP_MS:
        # This process may have been stopped meanwhile, for any time. A stale answer would make our
        # leases begin in the past, or all leases end early. What was agreed before is right.
        if _last:
            return
        raise NoAnswer("the store's time came too late to be believed")
    # The answer was true at some time since we asked: dated now it can only lag, never run ahead.
    at = asked if steady == ours else heard
    _last[:] = [Agreement(steady=steady, wall=wall, at=at)]


def look(db: TextStore) -> None:
    """`agree`; where the store takes no write, only read its time. A full store can be copied and
    looked at."""
    try:
        agree(db)
    except RedisError as error:
        if not takes_no_write(error):
            raise
        seconds, micros = db.time()
        wall = seconds * 1000 + micros // 1000
        _last[:] = _last or [Agreement(steady=wall, wall=wall, at=_monotonic_ms())]


def agreed() -> bool:
    return bool(_last)


def forget() -> None:
    """As if this process had never asked; for one that other processes are forked from."""
    _last.clear()


def keep(db: TextStore) -> None:
    """`agree`, unless that was tried a moment ago."""
    if not _last or _monotonic_ms() - _asked[0] > OFTEN_SECONDS * 1000:
        agree(db)


def _since(agreement: Agreement) -> int:
    return int(_monotonic_ms() - agreement.at)


def _monotonic_ms() -> float:
    return time.monotonic() * 1000


def _own_ms() -> int:
    return int(time.time() * 1000)
