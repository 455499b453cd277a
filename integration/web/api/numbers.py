"""The numbers of the overview: what came and went in the last 24 hours and 30 days, by UTC."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import isinf
from typing import Any

from integration.store import tallies
from integration.store.clock import wall_ms
from integration.store.tallies import BOUNDS, COUNTED, TO_HOOK, TO_SENT, Hour
from integration.web.core.current import services, workspace

DAYS, HOURS = 30, 24
HALF, MOST = 0.5, 0.95


def read() -> dict[str, Any]:
    """Sums, and each hour and day of them; also those in which nothing happened."""
    wall = wall_ms()
    # Whole days: the first of them began at midnight.
    count = (DAYS - 1) * HOURS + int(tallies.hour(wall)[-2:]) + 1
    found = tallies.hours(services().db, workspace(), wall, count)
    last = found[-HOURS:]
    return {
        "last_24_hours": _sum(last) | {each: _lasted(last, each) for each in (TO_SENT, TO_HOOK)},
        "hours": [{"at": f"{each.at}:00:00Z", **_sum([each])} for each in last],
        "days": [
            {"date": day, **_sum(own)} for day, own in groupby(found, lambda each: each.at[:10])
        ],
    }


def _sum(hours: Iterable[Hour]) -> dict[str, int]:
    total = _total(hours)
    return {name: total[name] for name in COUNTED}


def _total(hours: Iterable[Hour]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in hours:
        total.update(each.counts)
    return total


def _lasted(hours: Sequence[Hour], what: str) -> Mapping[str, Any]:
    """How many there were, and within how many seconds half and nearly all of them ended.

    Null where nothing was counted, or where that took longer than the last of BOUNDS."""
    total = _total(hours)
    count = sum(total[f"{what} {bound}"] for bound in (*BOUNDS, tallies.OVER))
    half, most = (tallies.within(total, what, share) for share in (HALF, MOST))
    return {
        "count": count,
        "half_within": None if half is None or isinf(half) else half,
        "most_within": None if most is None or isinf(most) else most,
    }
