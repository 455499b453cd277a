"""Charts: what came and went as bars, drawn on the server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HIGH, SLOT, WIDE = 100, 24, 10
"""The drawing's units: how high the highest bar is, how wide a slot, and each of its two bars."""
BARS = (("in", ("in",)), ("sent", ("sent", "failed")))
"""The bars of a slot, from the left; each is a pile of what it counts, from the ground."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A rectangle; `kind` is what it counts."""

    kind: str
    x: int
    y: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`most` is what the highest pile counts, 0 where nothing happened."""

    bars: Sequence[Bar]
    width: int
    most: int
    rows: Sequence[Mapping[str, Any]]


def drawn(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """One slot for each row, also for one in which nothing happened."""
    most = max((sum(row[kind] for kind in pile) for row in rows for _, pile in BARS), default=0)
    bars = []
    for place, row in enumerate(rows):
        for column, (_, pile) in enumerate(BARS):
            ground = float(HIGH)
            for kind in pile:
                if row[kind]:
                    # So that one among thousands can be seen.
                    height = max(2.0, round(row[kind] / most * (HIGH - 2), 1))
                    ground = round(ground - height, 1)
                    x = place * SLOT + 1 + column * (WIDE + 1)
                    bars.append(Bar(kind=kind, x=x, y=ground, height=height))
    return Chart(bars=bars, width=len(rows) * SLOT, most=most, rows=rows)
