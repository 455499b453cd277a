"""The clock: one time for all our processes, agreed through the store, which no step can move.

`now_ms` is for leases, delays and waits: it goes on as time passes, whoever sets a machine's
clock. `wall_ms` is what the store's clock shows: for what people and other services read.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from integration import keys
from integration.store import Script, TextStore

AGREE = Script(__file__, "agree")
OFTEN_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What both times were at `at`, which is monotonic; all in milliseconds."""

    steady: int
    wall: int
    at: float


_last: list[Agreement] = []


def now_ms() -> int:
    """Milliseconds near to those since 1970; only the difference of two of them means anything."""
    return _last[0].steady + _since(_last[0]) if _last else _own_ms()


def wall_ms() -> int:
    """Milliseconds since 1970 by the store's clock; by this machine's until the store was asked."""
    return _last[0].wall + _since(_last[0]) if _last else _own_ms()


def as_wall(moment_ms: int) -> int:
    """When a moment of `now_ms` is or was, as people read it."""
    return moment_ms + wall_ms() - now_ms()


def agree(db: TextStore) -> None:
    """Learn the common time, and tell it where ours is ahead; every process does it each second."""
    asked = _monotonic_ms()
    ours = now_ms() if _last else 0
    steady, wall = AGREE.run(db, [keys.CLOCK], [ours])
    # The answer was true at some time since we asked: dated now it can only lag, never run ahead.
    at = asked if steady == ours else _monotonic_ms()
    _last[:] = [Agreement(steady=steady, wall=wall, at=at)]


def keep(db: TextStore) -> None:
    """`agree`, unless that was done a moment ago."""
    if not _last or _since(_last[0]) > OFTEN_SECONDS * 1000:
        agree(db)


def _since(agreement: Agreement) -> int:
    return int(_monotonic_ms() - agreement.at)


def _monotonic_ms() -> float:
    return time.monotonic() * 1000


def _own_ms() -> int:
    return int(time.time() * 1000)
