"""The verdict: a goal's value in each round, their median and worst, and whether it is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from proofs.bench.leg import Goal, Round

SLACK = 0.15
"""How far the worst round may lie behind the goal."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`values` are one for each round in which all that the goal compares was measured."""

    goal: Goal
    values: Sequence[float]

    @property
    def middle(self) -> float:
        return median(self.values)

    @property
    def worst(self) -> float:
        return max(self.values) if self.goal.least is None else min(self.values)

    @property
    def reached(self) -> bool | None:
        """None where nothing was measured."""
        if not self.values:
            return None
        if self.goal.least is not None:
            least = self.goal.least
            return self.middle >= least and self.worst >= least * (1 - SLACK)
        most = self.goal.most or 0.0
        return self.middle <= most and self.worst <= most * (1 + SLACK)


def judge(goal: Goal, rounds: Sequence[Round]) -> Verdict:
    found = [_value(goal, each) for each in rounds]
    return Verdict(goal=goal, values=[value for value in found if value is not None])


def _value(goal: Goal, measured: Round) -> float | None:
    of = _look(measured, goal.of)
    if goal.over is None or of is None:
        return of
    over = _look(measured, goal.over)
    return of / over if over else None


def _look(measured: Round, place: tuple[str, str]) -> float | None:
    contestant, measure = place
    return measured.get(contestant, {}).get(measure)
