"""F2: gunicorn's master and workers die while they accept; every 2xx holds, each text goes once."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.campaign import Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.killing import Killer
from proofs.chaos.load import Demand, Load

HOWS = ("tree", "parent", "child", "child")
PROGRESS_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Size:
    kills: int
    rate: float = 40.0
    accounts: int = 4


def run(arena: Arena, size: Size, seed: int) -> Result:
    campaign = Campaign(arena, "f2", seed, accounts=size.accounts)
    load = campaign.load(Demand(rate=size.rate))
    killer, findings = Killer(arena, seed), Findings(slack=arena.slack)
    load.start()
    stuck = 0
    for _ in range(size.kills):
        # Each blow falls while requests are being accepted.
        if stuck:
            break
        stuck += not accepting(killer, load, killer.random.randint(2, 15))
        killer.wait(killer.random.uniform(0, 0.2))
        killer.kill("web", killer.random.choice(HOWS))
    stuck += not accepting(killer, load, 10)
    closing = campaign.close(load)
    findings.want(not stuck, f"{stuck} times nothing was accepted for {PROGRESS_SECONDS:.0f} s")
    retried = sum(load.tally.statuses.values()) - load.tally.accepted - load.tally.bad
    measured = (
        f"{killer.kills} kills of gunicorn, {closing.verdict.accepted} accepted,"
        f" {retried} calls broken off and made again under their key,"
        f" {load.tally.replayed} given their first answer again"
    )
    return findings.result(closing, load, measured, kills=killer.kills)


def accepting(killer: Killer, load: Load, more: int) -> bool:
    """Whether `more` further texts were accepted within a generous time."""
    wanted = load.tally.accepted + more
    limit = PROGRESS_SECONDS * killer.arena.slack
    return killer.wait_until(lambda: load.tally.accepted >= wanted, limit)


FIGURE = Figure(
    key="f2",
    goal="≥ 300 kills of gunicorn while accepting: every 2xx present, a repeated key sends once",
    run=run,
    short=Size(kills=3, accounts=2),
    long=Size(kills=300),
)
