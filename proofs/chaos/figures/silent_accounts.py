"""W1: accounts that accept connections and never answer hold up no account but themselves."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene

AT_ONCE = 5.0
"""Seconds within which a healthy account's text is at its provider."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """Half of the silent accounts answer all but sends; `texts` is for each of them."""

    silent: int
    texts: int
    healthy: int
    seconds: float


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w1", seed), Findings(slack=arena.slack)
    for number in range(size.silent):
        world = scene.account()
        scene.fault(world, "hang", match="" if number % 2 else "POST /zapier/send-sms")
    scene.silent = size.silent
    for _ in range(size.healthy):
        scene.account(healthy=True)
    for world in scene.worlds[: size.silent]:
        for _ in range(size.texts):
            scene.send(world)
    slowest, ready = scene.probe(size.seconds), arena.is_ready()
    scene.clear()
    closing = scene.close()
    findings.within(slowest, AT_ONCE, f"a healthy account's text took {slowest:.1f} s")
    findings.want(ready, "/readyz was not ok while some accounts were silent")
    measured = (
        f"{size.silent} silent accounts with {size.texts} texts each, {size.healthy} healthy ones"
        f" beside them for {size.seconds:g} s: their slowest text {slowest:.1f} s"
    )
    return findings.judged(closing, measured, life=scene.life())


FIGURE = Figure(
    key="w1",
    goal="accounts that never answer: a healthy account's text is at its provider within 5 s",
    run=run,
    short=Size(silent=8, texts=4, healthy=2, seconds=8),
    long=Size(silent=50, texts=40, healthy=10, seconds=240),
)
