"""A figure: what is tried, at which sizes, what must come out, and how the result reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from proofs.chaos.arena import Arena
from proofs.chaos.campaign import Closing
from proofs.chaos.load import Load


@dataclass(frozen=True, kw_only=True)
class Life:
    """Who took part in a figure of ordinary life. `slowest` is the longest that a healthy
    account's text took from its 2xx to the provider, in seconds."""

    accounts: int
    silent: int = 0
    limited: int = 0
    breaking: int = 0
    inbound: int = 0
    outbound: int = 0
    slowest: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one figure came to. `misses` are the goals that were not reached, in words."""

    accepted: int
    sent_twice: int
    lost: int
    unknown: int
    bad_inputs: int
    measured: str
    misses: tuple[str, ...]
    kills: int = 0
    store_kills: int = 0
    recovery: float = 0.0
    stories: tuple[str, ...] = ()
    life: Life | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`short` and `long` are the two sizes; `run` gets one of them."""

    key: str
    goal: str
    run: Callable[[Arena, Any, int], Result]
    short: Any
    long: Any


@dataclass
class Findings:
    """Collects a result: the goals common to all figures are checked here."""

    misses: list[str] = field(default_factory=list)
    slack: float = 1.0

    def want(self, reached: bool, otherwise: str) -> None:
        if not reached:
            self.misses.append(otherwise)

    def within(self, seconds: float, goal: float, otherwise: str) -> None:
        """A goal that is a time: a busy machine is given `slack` times as much."""
        self.want(seconds <= goal * self.slack, otherwise)

    def common(self, closing: Closing) -> None:
        verdict = closing.verdict
        self.want(not verdict.lost, f"{len(verdict.lost)} lost")
        self.want(not verdict.twice, f"{len(verdict.twice)} sent twice")
        self.want(not closing.open_jobs, f"{len(closing.open_jobs)} jobs never settled")
        self.want(not verdict.astray, f"{len(verdict.astray)} inbound texts reached no hook")
        self.want(not verdict.split, f"{len(verdict.split)} events under two webhook-ids")
        self.want(not closing.wrong, f"wrong answers: {'; '.join(closing.wrong[:3])}")

    def plain(self, measured: str, stories: Sequence[str] = ()) -> Result:
        """The result of a figure without a load of texts."""
        return Result(
            accepted=0,
            sent_twice=0,
            lost=0,
            unknown=0,
            bad_inputs=0,
            measured=measured,
            misses=tuple(self.misses),
            stories=tuple(stories),
        )

    def result(self, closing: Closing, load: Load, measured: str, **more: Any) -> Result:
        return self.judged(closing, measured, bad_inputs=load.tally.bad, **more)

    def judged(
        self, closing: Closing, measured: str, *, bad_inputs: int = 0, **more: Any
    ) -> Result:
        """The result of what the logs say; the goals common to all figures are checked."""
        self.common(closing)
        verdict = closing.verdict
        hooks = f"; {verdict.inbound} inbound to hooks, astray {len(verdict.astray)}, "
        hooks += f"repeated {verdict.repeats}"
        return Result(
            accepted=verdict.accepted,
            sent_twice=len(verdict.twice),
            lost=len(verdict.lost),
            unknown=len(verdict.unknown),
            bad_inputs=bad_inputs,
            measured=measured + (hooks if verdict.inbound else ""),
            misses=tuple(self.misses),
            stories=tuple(closing.stories()),
            **more,
        )
