"""F15: the primary dies while its replicas lag and are cut off; what was acknowledged is on one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import RedisError

from proofs.chaos.arena import WORKERS, Arena, arena
from proofs.chaos.campaign import FLAKY, Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.figures.web_kills import accepting
from proofs.chaos.killing import Killer
from proofs.chaos.lagging import Lagging
from proofs.chaos.load import Demand, Load
from proofs.rig.replicated import OnReplicas, Replicated

ON_AGAIN_SECONDS = 15.0
LIMIT_SECONDS = 90.0
MOST_OPEN = 40
"""Jobs that still wait when the next blow is prepared: stopped workers add to them."""


class FailoverArena(OnReplicas, Arena):
    store: Lagging

    def __init__(self, folder: Path) -> None:
        # Both: whichever is promoted then has what was acknowledged. A busy primary may be replaced
        # while it runs, and confirms with the other replica for a moment more.
        super().__init__(folder, STORE_REPLICAS="2")

    def made_store(self, folder: Path) -> Replicated:
        return Lagging(folder)


@dataclass(frozen=True, kw_only=True)
class Size:
    """A claim holds its connection until the replicas confirm, so the lag bounds the rate."""

    kills: int
    rate: float = 12.0
    accounts: int = 3


def run(arena: Arena, size: Size, seed: int) -> Result:
    with arena.resting():
        return _on_replicas(size, seed, arena.slack)


def _on_replicas(size: Size, seed: int, slack: float) -> Result:
    with arena(FailoverArena, slack=slack) as running:
        campaign = Campaign(running, "f15", seed, accounts=size.accounts)
        campaign.hook(1)
        campaign.faults(FLAKY)
        load = campaign.load(Demand(rate=size.rate, most_open=5 * MOST_OPEN))
        killer, findings = Killer(running, seed), Findings(slack=slack)
        load.start()
        pauses: list[float] = []
        while len(pauses) < size.kills and _busy(running.store, killer, load):
            pauses.append(_failover(running.store, killer, load))
        _wake(running)
        closing = campaign.close(load)
        findings.want(len(pauses) == size.kills, "no more was accepted")
        longest = max(pauses, default=0.0)
        findings.within(longest, ON_AGAIN_SECONDS, f"on again only after {longest:.1f} s")
        refused = load.tally.statuses[503]
        measured = (
            f"{len(pauses)} kills of the primary, {closing.verdict.accepted} accepted, {refused}"
            f" answered 503; on again within {longest:.1f} s"
        )
        result = findings.result(closing, load, measured, store_kills=len(pauses))
        if result.misses:
            running.keep()
        return result


def _busy(store: Lagging, killer: Killer, load: Load) -> bool:
    """Whether the replicas follow and calls were accepted, whose jobs wait for stopped workers."""
    calm = killer.wait_until(lambda: load.open < MOST_OPEN and store.is_whole(), LIMIT_SECONDS)
    for name in WORKERS:
        killer.arena.pause(name)
    return calm and accepting(killer, load, killer.random.randint(5, 40))


def _failover(store: Lagging, killer: Killer, load: Load) -> float:
    """Cut the replicas off and kill the primary; returns the seconds until a call is accepted."""
    former, began = store.primary(), time.monotonic()
    store.ways.cut()
    # The replicas have those jobs as queued; a claim that they do not get must send nothing.
    _wake(killer.arena)
    # Less than a call waits for its replicas: some are under way, and some are withdrawn.
    killer.wait(killer.random.uniform(0, 1.5))
    store.kill(former)
    accepted = load.tally.accepted
    assert killer.wait_until(lambda: _moved(store, former), LIMIT_SECONDS), "no failover"
    store.ways.mend()
    store.follow(former, store.primary())
    killer.wait_until(lambda: load.tally.accepted > accepted, LIMIT_SECONDS)
    return time.monotonic() - began


def _wake(arena: Arena) -> None:
    for name in WORKERS:
        arena.resume(name)


def _moved(store: Lagging, former: str) -> bool:
    try:
        return store.primary() != former
    except RedisError:
        return False


FIGURE = Figure(
    key="f15",
    goal="≥ 20 kills of a primary whose replicas lag by 100 ms and are cut off: lost 0, twice 0, on"
    " again within 15 s",
    run=run,
    short=Size(kills=2),
    long=Size(kills=20),
)
