"""W16: a target that answers 404 for a while gets all of it later; subscribing again resumes."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Size:
    texts: int
    looks: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w16", seed), Findings(slack=arena.slack)
    world = scene.account()
    path = scene.path(world)
    hook = scene.hook(world)
    arena.sink.plan({path: 404})
    texts = scene.receive(world, size.texts)
    scene.leap(60)
    shown = world.get(f"/v1/hooks/{hook}")
    refused = sum(len(each) for each in scene.posts(path).values())
    arena.sink.plan({path: 200})
    left = texts
    for _ in range(size.looks):
        left = scene.await_posts(path, texts, 1)
        if not left:
            break
        scene.leap(120, step=120)
    resumed, late = _paused_and_again(scene, findings)
    closing = scene.close()
    findings.want(shown["status"] == "active", f"{refused} × 404: the hook is {shown['status']}")
    findings.want(bool(shown.get("failing_since")), "the hook does not say since when it fails")
    findings.want(refused >= 20, f"only {refused} posts met a 404")
    findings.want(not left, f"{len(left)} of {len(texts)} texts did not come once it was back")
    findings.want(resumed == "active", f"subscribing again left the hook {resumed}")
    findings.want(not late, f"{late} texts of the pause did not come")
    measured = (
        f"{refused} × 404 within a minute: the hook stays {shown['status']}, {len(left)} of"
        f" {len(texts)} texts missing once the target was back; subscribed again: {resumed}"
    )
    return findings.judged(closing, measured, life=scene.life())


def _paused_and_again(scene: Scene, findings: Findings) -> tuple[str, int]:
    """The hook's status after a second subscription, and how many owed texts did not come."""
    world = scene.account()
    path, hook = scene.path(world), scene.hook(world)
    world.call("PATCH", f"/v1/hooks/{hook}", json={"status": "paused"})
    owed = scene.receive(world, 3)
    same = scene.hook(world)
    findings.want(same == hook, "subscribing again made another hook")
    return str(world.get(f"/v1/hooks/{hook}")["status"]), len(scene.await_posts(path, owed, 30))


FIGURE = Figure(
    key="w16",
    goal="404 for a while: the hook stays, all comes later; subscribing again resumes a paused one",
    run=run,
    short=Size(texts=25, looks=40),
    long=Size(texts=500, looks=60),
)
