"""W5: a hook that hangs delays no other hook, on the same host or not."""

from __future__ import annotations

import time
from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.chaos.sink import Habit
from proofs.rig.stack import World

AT_ONCE = 5.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """`hanging` hooks and two healthy ones, all of one host; texts come for `seconds`, first
    when the first posts have just timed out."""

    hanging: int
    seconds: float
    before: float = 14.0


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w5", seed), Findings(slack=arena.slack)
    both, other = scene.account(healthy=True), scene.account(healthy=True)
    hung = [f"/hang/{number}" for number in range(size.hanging)]
    arena.sink.plan({scene.path(both, path): Habit(hang=True) for path in hung})
    for path in hung:
        scene.hook(both, path)
    for world in (both, other):
        scene.hook(world)
    texts, waits = _texted(scene, size)
    slowest, late = max(waits), sum(wait > AT_ONCE * arena.slack for wait in waits)
    arena.sink.plan({scene.path(both, path): 200 for path in hung})
    lost = _owed(scene, both, hung, texts[both.name])
    closing = scene.close()
    findings.want(not late, f"{late} of {len(waits)} texts took up to {slowest:.1f} s")
    findings.want(not lost, f"{lost} texts never reached the hooks that had hung")
    measured = (
        f"{size.hanging} hanging hooks beside two healthy ones of the same host: {len(waits)}"
        f" texts, slowest {slowest:.1f} s"
    )
    return findings.judged(closing, measured, life=scene.life())


def _texted(scene: Scene, size: Size) -> tuple[dict[str, list[str]], list[float]]:
    """The texts of each healthy account, and how long each took to the hook that does not hang."""
    texts: dict[str, list[str]] = {world.name: [] for world in scene.healthy}

    def text(world: World) -> None:
        texts[world.name] += scene.receive(world)

    text(scene.healthy[0])
    time.sleep(size.before)
    scene.steadily(size.seconds, 0.4, text)
    waits: list[float] = []
    for world in scene.healthy:
        path = scene.path(world)
        scene.await_posts(path, texts[world.name], 30)
        waits += scene.waits(path, texts[world.name])
    return texts, waits


def _owed(scene: Scene, world: World, paths: list[str], texts: list[str]) -> int:
    """How many texts the mended targets still miss, after the waits that they are owed."""
    missing = 0
    for path in paths:
        for _ in range(12):
            left = scene.await_posts(scene.path(world, path), texts, 2)
            if not left:
                break
            scene.leap(60)
        missing += len(left)
    return missing


FIGURE = Figure(
    key="w5",
    goal="hooks that hang: a text reaches every other hook of the same host within 5 s",
    run=run,
    short=Size(hanging=12, seconds=8),
    long=Size(hanging=20, seconds=300),
)
