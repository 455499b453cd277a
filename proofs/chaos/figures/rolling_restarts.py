"""F10: every service is asked to end and started again, over and over, as deployments do."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.chaos.arena import WORKERS, Arena
from proofs.chaos.campaign import FLAKY, Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.figures.web_kills import PROGRESS_SECONDS, accepting
from proofs.chaos.killing import Killer
from proofs.chaos.load import Demand

EXIT_WITHIN = 25.0
"""Heroku kills 30 s after its SIGTERM."""
ROUND = ("web", *WORKERS, "scheduler")


@dataclass(frozen=True, kw_only=True)
class Size:
    """One restart is one service's; every second one gets SIGTERM in all its processes at once."""

    restarts: int
    rate: float = 25.0
    accounts: int = 4


def run(arena: Arena, size: Size, seed: int) -> Result:
    campaign = Campaign(arena, "f10", seed, accounts=size.accounts)
    campaign.hook(2)
    campaign.faults(FLAKY)
    load = campaign.load(Demand(rate=size.rate))
    killer, findings = Killer(arena, seed), Findings(slack=arena.slack)
    load.start()
    took: list[tuple[float, str]] = []
    stuck = 0
    for number in range(size.restarts):
        stuck += not accepting(killer, load, killer.random.randint(5, 20))
        name = ROUND[number % len(ROUND)]
        took.append((arena.terminate(name, tree=number // len(ROUND) % 2 == 1), name))
        arena.start(name)
    closing = campaign.close(load)
    slowest, which = max(took)
    findings.within(slowest, EXIT_WITHIN, f"{which} took {slowest:.0f} s to end")
    findings.want(not stuck, f"{stuck} times nothing was accepted for {PROGRESS_SECONDS:.0f} s")
    measured = (
        f"{size.restarts} restarts by SIGTERM, {closing.verdict.accepted} accepted;"
        f" slowest exit {slowest:.1f} s ({which})"
    )
    return findings.result(closing, load, measured)


FIGURE = Figure(
    key="f10",
    goal="50 rolling restarts under load: 0 lost, 0 twice, every exit within 25 s",
    run=run,
    short=Size(restarts=4, accounts=2),
    long=Size(restarts=50),
)
