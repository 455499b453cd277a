"""W2: what a history does not show yet, or shows in another spelling, is not sent again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from proofs.chaos.arena import WORKERS, Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

TEXTS = ("Your code is 1234\n", " Zeile eins\nZeile zwei", "Café à midi")
FORMS = ("trim", "crlf", "nfd")


@dataclass(frozen=True, kw_only=True)
class Size:
    """`late` is when a row appears, `slow` how long a call takes whose caller died, in seconds."""

    rounds: int
    late: float
    slow: float


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w2", seed), Findings(slack=arena.slack)
    for lap in range(size.rounds):
        _round(scene, size, lap)
    closing = scene.close()
    measured = (
        f"{size.rounds} × a 502, a reset and a silence whose row came {size.late:g} s later,"
        f" a worker killed within a call of {size.slow:g} s, {len(FORMS)} spellings of the history:"
        f" {closing.verdict.accepted} accepted, sent twice {len(closing.verdict.twice)},"
        f" unknown {len(closing.verdict.unknown)}"
    )
    return findings.judged(closing, measured, life=scene.life())


def _round(scene: Scene, size: Size, lap: int) -> None:
    _die(scene, size)
    for kind in ("status", "cut_after", "hang"):
        world = _breaking(scene)
        effect = kind != "cut_after"
        scene.fault(world, kind, times=1, code=502, row_after=size.late, effect=effect)
        scene.send(world)
    for number, (text, form) in enumerate(zip(TEXTS, FORMS, strict=True)):
        world = _breaking(scene, forms={"history": [form]})
        scene.fault(world, "cut_after", times=1)
        scene.send(world, message=f"{scene.label} {lap}.{number} {text}")
    time.sleep(size.late + 1)


def _breaking(scene: Scene, **settings: Any) -> World:
    scene.breaking += 1
    return scene.account(**settings)


def _die(scene: Scene, size: Size) -> None:
    """Every worker dies one second into a call that the provider finishes long after."""
    world = _breaking(scene)
    scene.fault(world, "delay", times=1, seconds=size.slow)
    began = time.monotonic()
    scene.send(world)
    _wait(lambda: any(job.status == "sending" for job in scene.jobs(world)))
    time.sleep(1)
    for name in WORKERS:
        scene.arena.kill(name)
    scene.arena.tend()
    # No leap before the provider has taken it: that would be a call longer than any limit.
    _wait(lambda: bool(world.sends()), size.slow + 10 - (time.monotonic() - began))


def _wait(condition: Callable[[], bool], limit: float = 20.0) -> None:
    end = time.monotonic() + limit
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


FIGURE = Figure(
    key="w2",
    goal="late rows, a call that outlives its caller, other spellings of a text: 0 sent twice",
    run=run,
    short=Size(rounds=1, late=5, slow=14),
    long=Size(rounds=20, late=6, slow=20),
)
