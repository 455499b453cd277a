"""F12: what hooks are promised about retries, kept on a real stack while days pass in minutes."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import islice
from typing import Any

from proofs.chaos import pausing
from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.hooked import ADOPTED_SECONDS, Target, pass_time, seen

PUBLISHED = (5, 30, 120, 600, 1800, 7200, 21600, 43200, 86400)
"""Seconds, as the contract has them; not taken from the code that is under proof."""
SHARE = 0.2
LONGEST, SHORTEST = 86_400.0, 1.0
DAY = 86_400.0
BLUR = 3.0
"""Seconds that pass by themselves while we look."""
PATIENCE = 30.0
"""Seconds that a short wait may take longer on a busy machine."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`hooks` that always fail are followed through the first `steps` of the schedule."""

    hooks: int
    waits: int
    steps: int = len(PUBLISHED)


@dataclass(frozen=True, kw_only=True)
class Wait:
    """What a target asks for with a 429 or 503, and the seconds that it must be given."""

    status: int
    asked: str
    least: float
    most: float

    @property
    def path(self) -> str:
        return f"/answer/{self.status}/{self.asked.encode().hex()}"


def run(arena: Arena, size: Size, seed: int) -> Result:
    findings = Findings(slack=arena.slack)
    parts = [
        _schedule(arena, findings, size),
        _waits(arena, findings, _asked(size.waits, seed)),
        _gone(arena, findings),
        pausing.five_days(arena, findings),
    ]
    return findings.plain("; ".join(parts))


def _schedule(arena: Arena, findings: Findings, size: Size) -> str:
    """Each attempt comes after four fifths of its delay and before six: nothing is there at the
    one, all of it at the other."""
    target = Target(arena)
    paths = [f"/answer/500/hook/{number}" for number in range(size.hooks)]
    target.hook(*paths)
    target.receive("f12 schedule")
    early = missing = looks = 0
    for number, delay in enumerate(PUBLISHED[: size.steps], 1):
        missing += _without(target, paths, number)
        if missing:
            break
        if delay > 2 * BLUR:
            made = [target.posts(path)[number - 1].at for path in paths]
            looked, found = _early(target, paths, number, min(made) + delay * (1 - SHARE))
            looks, early = looks + looked, early + found
            pass_time(arena, delay * 2 * SHARE + max(made) - min(made) + BLUR)
    missing = missing or _without(target, paths, size.steps + 1)
    early += _first_gaps(target, paths)
    findings.want(not early, f"{early} attempts came before their time")
    findings.want(not missing, f"{missing} attempts did not come in their time")
    findings.want(looks > 0, "the machine was too busy to look before any attempt's time")
    if size.steps == len(PUBLISHED) and not missing:
        _dead(findings, target, paths)
    for path in paths:
        target.plan(path, 200)
    return (
        f"{size.hooks} failing hooks, {size.steps} delays at most 20 % late, {looks + 1} of them"
        " seen not to be 20 % early"
    )


def _early(target: Target, paths: list[str], number: int, before: float) -> tuple[bool, int]:
    """Whether the look came in time on a busy machine, and the attempts after `number` that it saw.

    It lets time pass until just before the attempt is due.
    """
    ahead = before - BLUR - time.time() - ADOPTED_SECONDS
    if ahead <= 0:
        return False, 0
    pass_time(target.arena, ahead)
    found = sum(len(target.posts(path)) > number for path in paths)
    looked = time.time() + ahead < before
    return looked, found if looked else 0


def _without(target: Target, paths: list[str], attempts: int) -> int:
    """How many of the hooks do not see so many attempts."""
    seen(lambda: all(len(target.posts(path)) >= attempts for path in paths))
    return sum(len(target.posts(path)) < attempts for path in paths)


def _first_gaps(target: Target, paths: list[str]) -> int:
    """The first delay is short enough to wait for it."""
    found = [target.posts(path) for path in paths]
    gaps = [each[1].at - each[0].at for each in found if len(each) > 1]
    return sum(gap < PUBLISHED[0] * (1 - SHARE) for gap in gaps)


def _dead(findings: Findings, target: Target, paths: list[str]) -> None:
    pass_time(target.arena, 2 * DAY)
    for path in paths:
        [delivery] = target.deliveries(path)
        ended = delivery["status"], delivery["tries"], len(target.posts(path))
        findings.want(ended == ("dead", 10, 10), f"after all attempts a delivery is {ended}")


def _asked(count: int, seed: int) -> list[Wait]:
    """The odd values first, then as many at random."""
    first = PUBLISHED[0] * (1 - SHARE), PUBLISHED[0] * (1 + SHARE)
    odd = ("nan", "-nan", "inf", "-5", "1e400", "soon", "Mon, 01 Jan 99999999999999 00:00:00 GMT")
    found = [Wait(status=503, asked=each, least=first[0], most=first[1]) for each in odd]
    found += [
        Wait(status=429, asked="0", least=SHORTEST, most=SHORTEST),
        Wait(status=503, asked="Sun, 06 Nov 1994 08:49:37 GMT", least=SHORTEST, most=SHORTEST),
        Wait(status=429, asked="9" * 30, least=LONGEST, most=LONGEST),
        Wait(status=500, asked="3600", least=first[0], most=first[1]),
    ]
    found += islice(_at_random(random.Random(seed)), count)
    return found[:count]


def _at_random(choices: random.Random) -> Iterator[Wait]:
    while True:
        status, seconds = choices.choice((429, 503)), choices.randint(60, 80_000)
        if choices.random() < 0.5:
            yield Wait(status=status, asked=str(seconds), least=seconds, most=seconds)
        else:
            at = datetime.now(UTC) + timedelta(seconds=seconds)
            # A date has whole seconds, and some pass before it is read.
            asked = format_datetime(at, usegmt=True)
            yield Wait(status=status, asked=asked, least=seconds - 60, most=seconds)


def _waits(arena: Arena, findings: Findings, waits: list[Wait]) -> str:
    """Read from the log that users read, then seen: the next attempt is not there before."""
    target = Target(arena)
    target.hook(*[wait.path for wait in waits])
    target.receive("f12 waits")
    for wait in waits:
        wrong = _wrong_wait(target, wait)
        findings.want(not wrong, wrong)
        if wrong:
            return "not all values of Retry-After held"
    polite = [wait for wait in waits if wait.least >= 60]
    before = {wait.path: len(target.posts(wait.path)) for wait in polite}
    pass_time(arena, min((wait.least for wait in polite), default=60.0) - 2 * BLUR - 10)
    pressed = sum(len(target.posts(path)) > count for path, count in before.items())
    findings.want(not pressed, f"{pressed} targets that asked for time were called before")
    for wait in waits:
        target.plan(wait.path, 200)
    return f"{len(waits)} values of Retry-After, {len(polite)} of them for a minute or more"


def _wrong_wait(target: Target, wait: Wait) -> str:
    """A short wait is measured by the target, a long one read from the log that users read."""
    asked = f"{wait.status} with Retry-After {wait.asked[:40]!r}"
    if not seen(lambda: bool(target.posts(wait.path))):
        return f"{asked}: its target was never called"
    short = wait.most <= PUBLISHED[0] * (1 + SHARE)
    seconds = _gap(target, wait.path) if short else _shown_wait(target, wait.path)
    late = PATIENCE if short else BLUR
    if wait.least - 0.1 <= seconds <= wait.most + late:
        return ""
    return f"{asked} waits {seconds:.1f} s"


def _gap(target: Target, path: str) -> float:
    seen(lambda: len(target.posts(path)) > 1)
    first, second, *_ = [*(each.at for each in target.posts(path)), math.inf]
    return second - first


def _shown_wait(target: Target, path: str) -> float:
    def found() -> list[dict[str, Any]]:
        return [each for each in target.deliveries(path) if each["next_attempt_at"]]

    seen(lambda: bool(found()) and bool(found()[0]["attempts"]))
    [delivery] = found()
    [attempt], then = delivery["attempts"], delivery["next_attempt_at"]
    since = datetime.fromisoformat(attempt["at"]) + timedelta(milliseconds=attempt["took_ms"])
    return (datetime.fromisoformat(then) - since).total_seconds()


def _gone(arena: Arena, findings: Findings) -> str:
    target = Target(arena)
    target.hook("/answer/410")
    target.receive("f12 gone")
    removed = seen(lambda: target.look("/answer/410") is None)
    findings.want(removed, "a 410 did not remove its hook")
    pass_time(arena, 60)
    findings.want(len(target.posts("/answer/410")) == 1, "a target that is gone was called again")
    return "410 ends a hook after 1 attempt"


FIGURE = Figure(
    key="f12",
    goal="retries at the published times ± 20 %, Retry-After clamped, 410 removes, 5 days"
    " pause and keep the events",
    run=run,
    short=Size(hooks=5, waits=16),
    long=Size(hooks=200, waits=200),
)
