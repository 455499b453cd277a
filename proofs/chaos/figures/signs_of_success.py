"""W15: a text counts as sent on a sign of success alone, whatever the status line says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

REASON = "Insufficient balance"
REFUSALS: tuple[dict[str, Any], ...] = (
    {"success": False, "message": REASON},
    {"error": REASON},
    {"status": "error", "message": REASON},
    {"status": "failed", "reason": REASON},
    {"ok": False, "error": {"message": REASON}},
)
NEITHER: tuple[dict[str, Any], ...] = ({}, {"message": "OK, thank you."}, {"data": []})


@dataclass(frozen=True, kw_only=True)
class Size:
    rounds: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w15", seed), Findings(slack=arena.slack)
    refused = [_refused(scene, body) for _ in range(size.rounds) for body in REFUSALS]
    for _ in range(size.rounds):
        for body in NEITHER:
            for effect in (False, True):
                _unclear(scene, body, effect=effect)
    jobs = {job.id: job for job in scene.settle(12)}
    wrong = [
        f"{body}: {jobs[job].status}"
        for job, body in refused
        if jobs[job].status != "failed" or REASON not in jobs[job].story()
    ]
    closing = scene.close()
    findings.want(not wrong, f"{len(wrong)} refusals taken otherwise: {'; '.join(wrong[:2])}")
    measured = (
        f"{len(refused)} refusals under 200: {len(wrong)} not `failed` with their reason;"
        f" {closing.verdict.accepted} answers without a sign: sent twice"
        f" {len(closing.verdict.twice)}, lost {len(closing.verdict.lost)}"
    )
    return findings.judged(closing, measured, life=scene.life())


def _refused(scene: Scene, body: dict[str, Any]) -> tuple[str, str]:
    """Not promised to the judge: such a text must never be sent."""
    world = _breaking(scene)
    scene.fault(world, "status", code=200, body=body)
    return str(world.send(message=scene.name()).json()["id"]), str(body)


def _unclear(scene: Scene, body: dict[str, Any], *, effect: bool) -> None:
    """The first answer has no sign, whether or not the text went out."""
    world = _breaking(scene)
    scene.fault(world, "status", code=200, body=body, effect=effect, times=1)
    scene.send(world)


def _breaking(scene: Scene) -> World:
    scene.breaking += 1
    return scene.account()


FIGURE = Figure(
    key="w15",
    goal="200 with a refusal is `failed` with its reason; 200 with no sign is looked up",
    run=run,
    short=Size(rounds=1),
    long=Size(rounds=20),
)
