"""Tallies: what came and went in a workspace by the hour (UTC); tally.lua counts it.

The script that makes a thing true counts it, so each is counted once. What a process of release
0.1.0 does is not counted.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from integration.store import keys
from integration.store.client import TextStore
from integration.store.counters import number

COUNTED = ("in", "sent", "delivered", "failed", "unknown", "taken", "dead")
"""Texts that came in; texts by what became of them; deliveries that were taken and given up."""
TO_SENT, TO_HOOK = "to_sent", "to_hook"
"""How long it took from a text's acceptance to the provider's yes, and from a text's arrival to
the target's. Each is counted under the first of BOUNDS that it does not pass."""
BOUNDS = (0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)
"""Seconds; they stand in the store, so new ones may be added."""
OVER = "over"
HOUR, DAY = "%Y-%m-%dT%H", "%Y-%m-%d"
HOUR_MS = 3_600_000
KNOWN_SECONDS, MOST_KNOWN = 600.0, 1_000
"""For how long a process remembers the days of a workspace, and of how many workspaces."""
Known = dict[str, tuple[float, Mapping[str, Mapping[str, int]]]]
"""By workspace: until when it holds (monotonic), and the days with their counts."""


@dataclass(frozen=True, kw_only=True)
class Hour:
    """`at` is its beginning, such as 2026-11-29T14; `counts` has COUNTED and `to_sent 0.5`."""

    at: str
    counts: Mapping[str, int]


def hour(wall: int) -> str:
    """The hour of a time (ms, the wall clock)."""
    return _hour(int(wall // HOUR_MS))


@lru_cache(maxsize=100)
def _hour(number: int) -> str:
    return datetime.fromtimestamp(number * HOUR_MS / 1000, UTC).strftime(HOUR)


def lasted(what: str, milliseconds: float) -> str:
    """What counts a duration; `what` is TO_SENT or TO_HOOK."""
    place = bisect_left(BOUNDS, milliseconds / 1000)
    return f"{what} {BOUNDS[place] if place < len(BOUNDS) else OVER}"


def hours(db: TextStore, workspace: str, wall: int, count: int) -> list[Hour]:
    """The last so many hours, the one at `wall` being the last of them."""
    last = datetime.fromtimestamp(wall / 1000, UTC)
    names = [(last - timedelta(hours=ago)).strftime(HOUR) for ago in range(count - 1, -1, -1)]
    days = sorted({each[:10] for each in names})
    found: dict[str, Counter[str]] = {each: Counter() for each in names}
    for day, fields in zip(days, _read(db, workspace, days), strict=True):
        for field, text in fields.items():
            own, _, what = field.partition(" ")
            if (at := f"{day}T{own}") in found:
                found[at][what] += number(text) or 0
    return [Hour(at=each, counts=found[each]) for each in names]


def days(
    db: TextStore, workspace: str, wall: int, count: int, known: Known
) -> dict[str, Mapping[str, int]]:
    """COUNTED of the last so many days, the one at `wall` being the last of them.

    `known` is what this process remembers: of the days before yesterday, since nothing is added to
    these. It reads them again after KNOWN_SECONDS, for the store may be put back."""
    last = datetime.fromtimestamp(wall / 1000, UTC)
    names = [(last - timedelta(days=ago)).strftime(DAY) for ago in range(count - 1, -1, -1)]
    until, old = known.get(workspace, (0.0, {}))
    if until < time.monotonic():
        until, old = time.monotonic() + KNOWN_SECONDS, {}
    wanted = [each for each in names if each not in old]
    fresh = dict(zip(wanted, map(_sum, _read(db, workspace, wanted)), strict=True))
    found = {each: fresh[each] if each in fresh else old[each] for each in names}
    if len(known) >= MOST_KNOWN:
        known.clear()
    known[workspace] = until, {each: found[each] for each in names[:-2]}
    return found


def _sum(fields: Mapping[str, str]) -> dict[str, int]:
    total = dict.fromkeys(COUNTED, 0)
    for field, text in fields.items():
        what = field[3:]
        if what in total:
            total[what] += number(text) or 0
    return total


def _read(db: TextStore, workspace: str, names: Sequence[str]) -> list[Mapping[str, str]]:
    with db.pipeline(transaction=False) as pipe:
        for each in names:
            pipe.hgetall(keys.day(workspace, each))
        # An error in the place of a reply belongs to a damaged key, which says nothing.
        replies = pipe.execute(raise_on_error=False)
    return [each if isinstance(each, dict) else {} for each in replies]


def within(counts: Mapping[str, int], what: str, share: float) -> float | None:
    """Within how many seconds such a share of them ended; None without any, infinite beyond all."""
    known = [(bound, counts.get(f"{what} {bound}", 0)) for bound in (*BOUNDS, OVER)]
    total, passed = sum(count for _, count in known), 0
    for bound, count in known:
        passed += count
        if total and passed >= share * total:
            return float("inf") if bound == OVER else float(bound)
    return None
