"""A leg: contestants that are measured in turn, and the goals over what they measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from proofs.bench.ground import Ground

Measures = dict[str, float]
"""What one contestant came to in one round, by the measure's name."""
Round = dict[str, Measures]
"""One round: the measures of each contestant, by its name."""
Contestants = Mapping[str, Callable[[], Measures]]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A measure, or the ratio of two of one round, that reaches `least` or stays under `most`.

    `of` and `over` are pairs of a contestant and a measure.
    """

    text: str
    of: tuple[str, str]
    over: tuple[str, str] | None = None
    least: float | None = None
    most: float | None = None
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Leg:
    """`open` prepares everything that is not measured and gives the contestants in their order."""

    key: str
    title: str
    goals: Sequence[Goal]
    open: Callable[[Ground], AbstractContextManager[Contestants]]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a leg's rounds came to; `absent` tells why a contestant was left out."""

    leg: Leg
    rounds: Sequence[Round]
    absent: Mapping[str, str]
    speeds: Sequence[float]
    """The calibration before each measurement, in million loops a second."""
    loads: Sequence[float]
    """The machine's load average at the same moments."""
