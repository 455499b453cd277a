"""W13: a wrong SECRET_KEY for a minute loses nothing that was accepted."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from proofs.chaos.arena import WORKERS, Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.restarting import with_settings
from proofs.chaos.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Size:
    texts: int
    seconds: float


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w13", seed), Findings(slack=arena.slack)
    worlds = [scene.account() for _ in range(2)]
    with with_settings(arena, (*WORKERS, "scheduler"), SECRET_KEY=secrets.token_urlsafe(32)):
        for number in range(size.texts):
            scene.send(worlds[number % len(worlds)])
        time.sleep(size.seconds)
    closing = scene.close()
    failed = [job for job in closing.jobs if job.status == "failed"]
    findings.want(not failed, f"{len(failed)} jobs failed for good")
    measured = (
        f"{size.texts} texts accepted while the workers had a wrong SECRET_KEY for"
        f" {size.seconds:g} s: {len(failed)} failed"
    )
    return findings.judged(closing, measured, life=scene.life())


FIGURE = Figure(
    key="w13",
    goal="a wrong SECRET_KEY for a minute: no job fails, every text is sent once it is right",
    run=run,
    short=Size(texts=10, seconds=5),
    long=Size(texts=500, seconds=60),
)
