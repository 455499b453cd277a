"""W4: a target that answers 429 gets everything, at its own pace."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.chaos.sink import Habit


@dataclass(frozen=True, kw_only=True)
class Size:
    """`texts` come at once; the target takes `per_second` and refuses what is beyond."""

    texts: int
    per_second: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w4", seed), Findings(slack=arena.slack)
    world = scene.account()
    path = scene.path(world)
    arena.sink.plan({path: Habit(per_second=size.per_second, retry_after="1")})
    hook = scene.hook(world)
    texts = scene.receive(world, size.texts)
    ideal = size.texts / size.per_second
    missing = scene.await_posts(path, texts, 4 * ideal + 30)
    posts = [each for lines in scene.posts(path).values() for each in lines]
    refused = sum(each["status"] == 429 for each in posts)
    taken = sum(each["status"] == 200 for each in posts)
    status = world.get(f"/v1/hooks/{hook}")["status"]
    closing = scene.close()
    findings.want(not missing, f"{len(missing)} of {size.texts} texts did not reach the target")
    findings.want(refused < taken, f"{refused} refusals for {taken} acceptances")
    findings.want(status == "active", f"the hook is {status}")
    measured = (
        f"{size.texts} texts for a target that takes {size.per_second} a second: {taken} taken,"
        f" {refused} refused"
    )
    return findings.judged(closing, measured, life=scene.life())


FIGURE = Figure(
    key="w4",
    goal="a target with 429 and Retry-After gets every text, and refuses less often than it takes",
    run=run,
    short=Size(texts=80, per_second=10),
    long=Size(texts=1000, per_second=10),
)
