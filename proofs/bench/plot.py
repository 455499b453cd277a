"""The plot of a leg: how each round of each goal stands to its bound, as a small SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from proofs.bench.leg import Goal
from proofs.bench.verdict import Verdict

WIDTH, MARGIN, ROW, HEAD, FOOT = 760, 20, 50, 14, 34
FLOOR = 1 / 64
"""Where a value that is next to nothing is drawn; the scale is logarithmic."""
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #24292f }
.soft { fill: #57606a; font-size: 12px }
.line { stroke: #d0d7de } .goal { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 4 3 }
.reached { fill: #1a7f37; stroke: #1a7f37 } .missed { fill: #bc4c00; stroke: #bc4c00 }
text.reached, text.missed { stroke: none }
circle.round { stroke: none; fill-opacity: 0.45 } .middle { stroke-width: 4 }
.span { stroke-opacity: 0.5 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .soft { fill: #9198a1 }
.line { stroke: #3d444d } .goal { stroke: #9198a1 }
.reached { fill: #3fb950; stroke: #3fb950 } .missed { fill: #f0883e; stroke: #f0883e }
}"""


def drawn(title: str, found: Sequence[Verdict]) -> str:
    """A row for each goal that was measured; to the right of the goal's line is better.

    A dot is a round, the bar their median. What must be small stands upside down, as the bound
    over the value, so that one line serves all goals.
    """
    shown = [each for each in found if each.values]
    scale = _Scale([_share(each.goal, value) for each in shown for value in each.values])
    height = HEAD + ROW * len(shown) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}\n</style>",
        *_axis(scale, height - FOOT),
    ]
    for number, each in enumerate(shown):
        parts += _row(each, scale, HEAD + ROW * number)
    return "\n".join([*parts, "</svg>", ""])


class _Scale:
    """Powers of two, from what holds every share and the goal itself to the picture's width."""

    def __init__(self, shares: Sequence[float]) -> None:
        self.low = math.floor(math.log2(min([0.5, *shares])))
        self.high = math.ceil(math.log2(max([2.0, *shares])))

    def x(self, share: float) -> float:
        place = (math.log2(share) - self.low) / (self.high - self.low)
        return round(MARGIN + place * (WIDTH - 2 * MARGIN), 1)


def _share(goal: Goal, value: float) -> float:
    """How often a value holds its bound: 1 where it just meets it."""
    if goal.least is not None:
        return max(FLOOR, value / goal.least)
    return max(FLOOR, (goal.most or 0) / max(value, 1e-9))


def _axis(scale: _Scale, bottom: float) -> Iterator[str]:
    step = max(1, (scale.high - scale.low) // 8)
    for power in range(scale.low, scale.high + 1):
        if power % step and power:
            continue
        x, kind = scale.x(2.0**power), "goal" if power == 0 else "line"
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{HEAD}" y2="{bottom}"/>'
        text = "goal" if power == 0 else f"{2**power}×" if power > 0 else f"1/{2**-power}"
        yield f'<text class="soft" x="{x}" y="{bottom + 18}" text-anchor="middle">{text}</text>'


def _row(verdict: Verdict, scale: _Scale, top: float) -> Iterator[str]:
    goal, kind = verdict.goal, "reached" if verdict.reached else "missed"
    bound = f"≥ {goal.least:g}" if goal.least is not None else f"≤ {goal.most:g}"
    label = f"{verdict.middle:.3g} ({f'{bound} {goal.unit}'.strip()}) {kind}"
    yield f'<text x="{MARGIN}" y="{top + 16}">{escape(goal.text)}</text>'
    yield (
        f'<text class="{kind}" x="{WIDTH - MARGIN}" y="{top + 16}" text-anchor="end">'
        f"{escape(label)}</text>"
    )
    places, y = sorted(scale.x(_share(goal, value)) for value in verdict.values), top + 32
    yield f'<line class="span {kind}" x1="{places[0]}" x2="{places[-1]}" y1="{y}" y2="{y}"/>'
    for x in places:
        yield f'<circle class="round {kind}" cx="{x}" cy="{y}" r="4.5"/>'
    middle = scale.x(_share(goal, verdict.middle))
    yield f'<line class="middle {kind}" x1="{middle}" x2="{middle}" y1="{y - 8}" y2="{y + 8}"/>'
