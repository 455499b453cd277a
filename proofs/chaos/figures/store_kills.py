"""F3: Redis dies under load, with its append-only file; what was acknowledged is still there."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.campaign import FLAKY, Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.figures.web_kills import PROGRESS_SECONDS, accepting
from proofs.chaos.killing import Killer
from proofs.chaos.load import Demand


@dataclass(frozen=True, kw_only=True)
class Size:
    kills: int
    rate: float = 30.0
    accounts: int = 4


def run(arena: Arena, size: Size, seed: int) -> Result:
    campaign = Campaign(arena, "f3", seed, accounts=size.accounts)
    campaign.hook(2)
    campaign.faults(FLAKY)
    load = campaign.load(Demand(rate=size.rate))
    killer, findings = Killer(arena, seed), Findings(slack=arena.slack)
    died = len(arena.died)
    load.start()
    stuck = 0
    for _ in range(size.kills):
        if stuck:
            break
        stuck += not accepting(killer, load, killer.random.randint(5, 40))
        killer.wait(killer.random.uniform(0, 0.3))
        killer.kill("redis", "tree")
    stuck += not accepting(killer, load, 10)
    closing = campaign.close(load)
    findings.want(not stuck, f"{stuck} times nothing was accepted for {PROGRESS_SECONDS:.0f} s")
    ended = arena.died[died:]
    findings.want(not ended, f"ended by themselves: {', '.join(ended)}")
    after = max(0.0, closing.last_settled - killer.last)
    measured = (
        f"{killer.kills} kills of Redis, {closing.verdict.accepted} accepted;"
        f" no process had to be started again but Redis; settled {after:.1f} s after the last"
    )
    return findings.result(closing, load, measured, store_kills=killer.kills, recovery=after)


FIGURE = Figure(
    key="f3",
    goal="≥ 100 `kill -9` of Redis with its append-only file: acknowledged and lost 0, all recover",
    run=run,
    short=Size(kills=3, accounts=2),
    long=Size(kills=100),
)
