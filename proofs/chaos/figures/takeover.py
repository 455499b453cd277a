"""F5: a worker dies with calls on the wire; how long until others have settled what it held."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from proofs.chaos import asking
from proofs.chaos.arena import WORKERS, Arena
from proofs.chaos.campaign import Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.killing import Killer
from proofs.chaos.load import Demand
from proofs.rig.quantile import quantile
from proofs.rig.stack import World

WITHIN = 15.0
"""For a text that the provider has. Of another, the absence proves nothing so soon."""
PROVED_WITHIN = 60.0
MANY = 3
"""Jobs in flight at which the blow falls; two trees of two processes have at most four."""
SLOW = [
    {"kind": "delay", "p": 0.5, "seed": 5, "seconds": 0.8},
    {"kind": "delay", "times": 0, "seconds": 0.8, "after": True},
]


@dataclass(frozen=True, kw_only=True)
class Size:
    rounds: int
    accounts: int = 2


def run(arena: Arena, size: Size, seed: int) -> Result:
    campaign = Campaign(arena, "f5", seed, accounts=size.accounts)
    campaign.faults(SLOW)
    load = campaign.load(Demand(rate=20, most_open=8, bad_share=0))
    killer, findings = Killer(arena, seed), Findings(slack=arena.slack)
    load.start()
    took = Took()
    for _ in range(size.rounds):
        killer.wait_until(lambda: len(_sending(campaign.worlds)) >= MANY, 30)
        _round(campaign, killer, took)
    closing = campaign.close(load)
    every = took.found + took.unsent
    p99, worst = quantile(took.found, 0.99), max(every, default=0.0)
    findings.want(bool(took.found), "no text in flight at a kill had left")
    findings.within(p99, WITHIN, f"p99 {p99:.1f} s")
    findings.within(worst, PROVED_WITHIN, f"one was settled only after {worst:.1f} s")
    measured = (
        f"{len(every)} jobs in flight at {size.rounds} deaths of all workers at once: those that"
        f" had left settled after p50 {quantile(took.found, 0.5):.1f} s, p99 {p99:.1f} s;"
        f" {len(took.unsent)} had not, sent within {max(took.unsent, default=0.0):.1f} s"
    )
    return findings.result(closing, load, measured, kills=killer.kills, recovery=worst)


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds from a death to the end of each job, by whether the provider had its text."""

    found: list[float] = field(default_factory=list)
    unsent: list[float] = field(default_factory=list)


def _round(campaign: Campaign, killer: Killer, took: Took) -> None:
    """Kill every worker, then time each job that was in flight, until all are settled."""
    for name in WORKERS:
        campaign.arena.kill(name)
    began = time.monotonic()
    orphans = _sending(campaign.worlds)
    for name in WORKERS:
        killer.kill(name, "tree")

    def settled() -> bool:
        for job_id, world in list(orphans.items()):
            job = asking.one(world, job_id)
            if not job.open:
                unsent = any(" not-sent " in each for each in job.attempts)
                (took.unsent if unsent else took.found).append(time.monotonic() - began)
                del orphans[job_id]
        return not orphans

    killer.wait_until(settled, PROVED_WITHIN + 10)
    took.found.extend([PROVED_WITHIN + 10] * len(orphans))


def _sending(worlds: list[World]) -> dict[str, World]:
    """Jobs in flight, from the newest page: no more are open than fit there."""
    found: dict[str, World] = {}
    for world in worlds:
        page = world.get("/v1/jobs", status="sending", limit=200)["data"]
        found |= {job["id"]: world for job in page}
    return found


FIGURE = Figure(
    key="f5",
    goal="a dead worker's work taken over: what had left within 15 s (p99), the rest within 60 s",
    run=run,
    short=Size(rounds=1),
    long=Size(rounds=25),
)
