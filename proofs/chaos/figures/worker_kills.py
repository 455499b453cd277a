"""F1: workers die by the hundred while they send; nothing is lost, nothing is sent twice."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.chaos.arena import WORKERS, Arena
from proofs.chaos.campaign import FLAKY, Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.killing import Killer
from proofs.chaos.load import Demand

SETTLED_WITHIN = 60.0
"""The look-up that can prove that a text was not sent comes so soon after its call."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`kills` and `sends` are both at least. `gap` is the least mean of seconds between kills;
    `inbound` are texts a second that hooks are to carry.

    Every `stop_every` kills one tree is stopped for longer than a job's lease and goes on: other
    workers have claimed what it held.
    """

    kills: int
    sends: int
    gap: float = 0.9
    rate: float = 25.0
    inbound: float = 1.0
    accounts: int = 8
    stop_every: int = 40


def run(arena: Arena, size: Size, seed: int) -> Result:
    campaign = Campaign(arena, "f1", seed, accounts=size.accounts)
    campaign.hook(2)
    campaign.faults(FLAKY)
    load = campaign.load(Demand(rate=size.rate, inbound_rate=size.inbound))
    killer = Killer(arena, seed)
    load.start()
    while killer.kills < size.kills or load.tally.accepted < size.sends:
        killer.wait(killer.random.uniform(0.3, 1.7) * size.gap)
        # Spread over all sends, to the last one: a lull before the end would prove less.
        if killer.kills * size.sends <= load.tally.accepted * size.kills:
            killer.any_way(WORKERS)
        if killer.kills % size.stop_every == size.stop_every - 1:
            killer.stop_for(killer.random.choice(WORKERS), killer.random.uniform(13, 17))
    killer.calm()
    closing = campaign.close(load)
    findings, after = Findings(slack=arena.slack), max(0.0, closing.last_settled - killer.last)
    findings.within(after, SETTLED_WITHIN, f"settled only {after:.0f} s after the last kill")
    slowest = max((job.settled - job.created for job in closing.jobs), default=0.0)
    measured = (
        f"{killer.kills} kills of workers ({_shares(killer)}), {closing.verdict.accepted} sends;"
        f" settled {after:.1f} s after the last kill, slowest send {slowest:.1f} s"
    )
    return findings.result(closing, load, measured, kills=killer.kills, recovery=after)


def _shares(killer: Killer) -> str:
    return ", ".join(f"{how} {count}" for how, count in sorted(killer.counts().items()))


FIGURE = Figure(
    key="f1",
    goal="≥ 1,000 `kill -9` of workers over ≥ 20,000 sends: 0 lost, 0 twice, settled in 60 s",
    run=run,
    short=Size(kills=10, sends=120, accounts=2),
    long=Size(kills=1000, sends=20_000),
)
