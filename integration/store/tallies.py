"""Tallies: what came and went in a workspace by the hour (UTC); tally.lua counts it.

The script that makes a thing true counts it, so each is counted once. What a process of release
0.1.0 does is not counted.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
HOUR = "%Y-%m-%dT%H"


@dataclass(frozen=True, kw_only=True)
class Hour:
    """`at` is its beginning, such as 2026-11-29T14; `counts` has COUNTED and `to_sent 0.5`."""

    at: str
    counts: Mapping[str, int]


def hour(wall: int) -> str:
    """The hour of a time (ms, the wall clock)."""
    return datetime.fromtimestamp(wall / 1000, UTC).strftime(HOUR)


def lasted(what: str, milliseconds: float) -> str:
    """What counts a duration; `what` is TO_SENT or TO_HOOK."""
    place = bisect_left(BOUNDS, milliseconds / 1000)
    return f"{what} {BOUNDS[place] if place < len(BOUNDS) else OVER}"


def hours(db: TextStore, workspace: str, wall: int, count: int) -> list[Hour]:
    """The last so many hours, the one at `wall` being the last of them."""
    last = datetime.fromtimestamp(wall / 1000, UTC)
    names = [(last - timedelta(hours=ago)).strftime(HOUR) for ago in range(count - 1, -1, -1)]
    found = _days(db, workspace, sorted({each[:10] for each in names}))
    return [Hour(at=each, counts=found.get(each, {})) for each in names]


def _days(db: TextStore, workspace: str, days: Sequence[str]) -> Mapping[str, Counter[str]]:
    with db.pipeline(transaction=False) as pipe:
        for each in days:
            pipe.hgetall(keys.day(workspace, each))
        # An error in the place of a reply belongs to a damaged key, which says nothing.
        replies = pipe.execute(raise_on_error=False)
    found: dict[str, Counter[str]] = {}
    for day, fields in zip(days, replies, strict=True):
        for field, text in fields.items() if isinstance(fields, dict) else ():
            own, _, what = field.partition(" ")
            found.setdefault(f"{day}T{own}", Counter())[what] += number(text) or 0
    return found


def within(counts: Mapping[str, int], what: str, share: float) -> float | None:
    """Within how many seconds such a share of them ended; None without any, infinite beyond all."""
    known = [(bound, counts.get(f"{what} {bound}", 0)) for bound in (*BOUNDS, OVER)]
    total, passed = sum(count for _, count in known), 0
    for bound, count in known:
        passed += count
        if total and passed >= share * total:
            return float("inf") if bound == OVER else float(bound)
    return None
