"""The numbers of the overview: what came and went in the last 24 hours and 30 days, by UTC."""

from collections import Counter
from collections.abc import Mapping
from math import isinf
from typing import Any

from integration.store import tallies
from integration.store.clock import wall_ms
from integration.store.tallies import BOUNDS, COUNTED, TO_HOOK, TO_SENT
from integration.web.core.current import services, workspace

DAYS, HOURS = 30, 24
HALF, MOST = 0.5, 0.95


def read() -> dict[str, Any]:
    """Sums, and each hour and day of them; also those in which nothing happened."""
    own, home, wall = services(), workspace(), wall_ms()
    hours = tallies.hours(own.db, home, wall, HOURS)
    days = tallies.days(own.db, home, wall, DAYS, own.day_cache)
    total: Counter[str] = Counter()
    for each in hours:
        total.update(each.counts)
    return {
        "last_24_hours": _named(total)
        | {each: _lasted(total, each) for each in (TO_SENT, TO_HOOK)},
        "hours": [{"at": f"{each.at}:00:00Z", **_named(each.counts)} for each in hours],
        "days": [{"date": day, **counts} for day, counts in days.items()],
    }


def _named(counts: Mapping[str, int]) -> dict[str, Any]:
    return {name: counts.get(name, 0) for name in COUNTED}


def _lasted(total: Mapping[str, int], what: str) -> Mapping[str, Any]:
    """How many there were, and within how many seconds half and nearly all of them ended.

    Null where nothing was counted, or where that took longer than the last of BOUNDS."""
    count = sum(total.get(f"{what} {bound}", 0) for bound in (*BOUNDS, tallies.OVER))
    half, most = (tallies.within(total, what, share) for share in (HALF, MOST))
    return {
        "count": count,
        "half_within": None if half is None or isinf(half) else half,
        "most_within": None if most is None or isinf(most) else most,
    }
