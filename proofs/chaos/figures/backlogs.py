"""W3: a backlog, a used-up limit and a hanging account are their own lanes' affairs."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.campaign import GENEROUS
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene

AT_ONCE = 5.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """`backlog` jobs of an account that takes 100 calls a minute; `hanging` of one that hangs."""

    backlog: int
    hanging: int
    healthy: int
    seconds: float
    leaps: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w3", seed), Findings(slack=arena.slack)
    limited, silent = scene.account(rate_limit=100), scene.account()
    scene.limited = scene.silent = 1
    scene.fault(silent, "hang", seconds=60)
    for _ in range(size.healthy):
        scene.account(healthy=True)
    scene.backlog(silent, size.hanging)
    scene.backlog(limited, size.backlog)
    slowest = scene.probe(size.seconds)
    behind = len(limited.sends())
    scene.clear()
    limited.control("PUT", "settings", GENEROUS)
    closing = scene.close(leaps=size.leaps)
    findings.within(slowest, AT_ONCE, f"a healthy account's text took {slowest:.1f} s")
    findings.want(behind < size.backlog, "the backlog was gone before it could delay anything")
    measured = (
        f"{size.backlog} texts of a limited account and {size.hanging} of a hanging one:"
        f" the slowest text of {size.healthy} healthy ones {slowest:.1f} s"
    )
    return findings.judged(closing, measured, life=scene.life())


FIGURE = Figure(
    key="w3",
    goal="a backlog of 20,000 limited and a hanging account: another workspace's text within 5 s",
    run=run,
    short=Size(backlog=600, hanging=20, healthy=2, seconds=6, leaps=20),
    long=Size(backlog=20_000, hanging=20, healthy=4, seconds=120, leaps=400),
)
