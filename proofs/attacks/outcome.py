"""An outcome: what one figure tried, its result, and the line that is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`counts` are what was tried and what got through; `line` says them in one sentence."""

    figure: str
    goal: str
    counts: dict[str, int]
    passed: bool
    line: str


_slack: list[float] = []


def give_slack(factor: float) -> None:
    """Let every goal that is a time be so many times as long from now on, for a busy machine."""
    _slack[:] = [factor]


def seconds_for(goal: float) -> float:
    """A goal in seconds, with the slack that was given."""
    return goal * (_slack[0] if _slack else 1.0)


def judged(figure: str, goal: str, counts: Mapping[str, int], *, passed: bool) -> Outcome:
    """An Outcome whose line lists its counts: "S1: 320 urls, 0 forbidden connects"."""
    said = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items())
    return Outcome(
        figure=figure,
        goal=goal,
        counts=dict(counts),
        passed=passed,
        line=f"{figure} {'held' if passed else 'BROKEN'}: {said}",
    )
