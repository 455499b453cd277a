"""F6: the network fails in twelve ways on each link of the service: to its providers, to hook
targets and to its store.

All links have names, and our name server answers for them. Where TLS fails, the provider and the
hook target are called by https. The store's link has no TLS, and gets the same garbage as replies.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from proofs.chaos import room
from proofs.chaos.arena import Arena, arena
from proofs.chaos.campaign import Closing
from proofs.chaos.fault_arena import STORE, FaultArena
from proofs.chaos.fault_campaign import Linked
from proofs.chaos.faults import KINDS
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.killing import Killer
from proofs.chaos.load import Demand, Load
from proofs.rig import namespaces

ENDS_SHARE = 0.5
STORE_SHARE = 0.04
"""Of exchanges that are struck: a text takes one or two with a provider, and dozens with Redis."""
ENDS = ("provider", "hooks")
LEAST_STRUCK = 10
"""Exchanges (or questions for a name) of each combination: fewer would prove nothing."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`events` of each combination of a fault and a link.

    The faults on the provider and hook links are on together, for at most `hold` seconds. Then the
    store's link has each in turn, for at most `store_hold` seconds. The rates are of sends in a
    second, and of texts that come in.
    """

    events: int
    hold: float
    store_hold: float
    rate: float
    store_rate: float


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What one combination came to: `events` while the fault was on, and of the exchanges `seen`
    meanwhile the `struck` ones."""

    link: str
    events: int
    seen: int
    struck: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    if reason := namespaces.lacking():
        return Findings(misses=[f"not run: {reason}"]).plain("not run")
    with arena.resting():
        return room.enter(__name__, size, seed)


def inside(size: Size, seed: int, certificate: Path) -> Result:
    """What happens in the room."""
    with arena(partial(FaultArena, seed=seed)) as running:
        campaign = Linked(running, seed, certificate)
        killer = Killer(running, seed)
        reached = _ends(campaign, killer, size)
        for kind in KINDS:
            reached.append(_store(campaign, killer, size, kind))
        calm = time.time()
        closing = campaign.close(campaign.loads[-1])
        result = _judged(campaign, closing, size, reached, calm)
        if result.misses:
            running.keep()
    return result


def _ends(campaign: Linked, killer: Killer, size: Size) -> list[Reached]:
    """All faults at once on the provider and hook links, one account for each."""
    proxy, kinds = campaign.arena.proxy, list(KINDS)
    links = [f"{end}-{kind}" for end in ENDS for kind in kinds]
    for link in links:
        proxy.set(link, link.partition("-")[2], ENDS_SHARE)
    load = campaign.begin("ends", campaign.outer, _demand(size.rate, clients=60))
    wanted = size.events * len(kinds)

    def enough() -> bool:
        counts = proxy.counts()
        # A send meets its link at once; a delivery waits while its target does not answer.
        least = {"provider": size.events * ENDS_SHARE, "hooks": _least(size)}
        met = all(counts[link]["struck"] >= least[link.partition("-")[0]] for link in links)
        return met and _driven(load, wanted)

    killer.wait_until(enough, size.hold)
    counts = proxy.counts()
    for link in links:
        proxy.set(link, "")
    events = dict(zip(ENDS, (load.tally.accepted, load.tally.inbound), strict=True))
    return [
        Reached(link=link, events=events[link.partition("-")[0]] // len(kinds), **counts[link])
        for link in links
    ]


def _store(campaign: Linked, killer: Killer, size: Size, kind: str) -> Reached:
    """One fault on the store's link; half of the events are sends, half come in."""
    proxy = campaign.arena.proxy
    before = proxy.counts()[STORE]
    proxy.set(STORE, kind, STORE_SHARE)
    load = campaign.begin(kind, campaign.inner, _demand(size.store_rate, clients=20))

    def enough() -> bool:
        struck = proxy.counts()[STORE]["struck"] - before["struck"]
        return _driven(load, size.events // 2) and struck >= _least(size)

    killer.wait_until(enough, size.store_hold)
    after = proxy.counts()[STORE]
    proxy.set(STORE, "")
    events = load.tally.accepted + load.tally.inbound
    counts = {name: after[name] - before[name] for name in after}
    return Reached(link=f"{STORE}-{kind}", events=events, **counts)


def _demand(rate: float, clients: int) -> Demand:
    return Demand(rate=rate, inbound_rate=rate, most_open=10**9, clients=clients, bad_share=0)


def _driven(load: Load, wanted: int) -> bool:
    return min(load.tally.accepted, load.tally.inbound) >= wanted


def _least(size: Size) -> int:
    return max(1, min(LEAST_STRUCK, size.events // 4))


def _judged(
    campaign: Linked, closing: Closing, size: Size, reached: list[Reached], calm: float
) -> Result:
    findings = Findings(slack=campaign.arena.slack)
    findings.want(not closing.verdict.unknown, f"{len(closing.verdict.unknown)} unknown")
    findings.want(not campaign.arena.died, f"ended by themselves: {campaign.arena.died}")
    for each in reached:
        findings.want(each.events >= size.events, f"only {each.events} events at {each.link}")
        findings.want(each.struck >= _least(size), f"{each.link} struck only {each.struck} times")
    wrong = [sentence for load in campaign.loads[:-1] for sentence in load.tally.wrong]
    findings.want(not wrong, f"wrong answers: {'; '.join(wrong[:3])}")
    leaks = campaign.leaks()
    findings.want(not leaks, f"{len(leaks)} log lines with a number, a text or a key")
    settled = max(0.0, closing.last_settled - calm)
    measured = (
        f"{len(KINDS)} faults × {len(ENDS) + 1} links, at least"
        f" {min(each.events for each in reached)} events each; struck:"
        f" {_struck(reached, *ENDS, STORE)}; {closing.verdict.accepted} sends, lost"
        f" {len(closing.verdict.lost)}, twice {len(closing.verdict.twice)}, unknown"
        f" {len(closing.verdict.unknown)}, settled {settled:.1f} s after the last fault"
    )
    return findings.result(closing, campaign.loads[-1], measured, recovery=settled)


def _struck(reached: list[Reached], *links: str) -> str:
    """How often each link was struck in all, and where least."""
    shown = []
    for link in links:
        own = [each for each in reached if each.link.startswith(link)]
        least = min(own, key=lambda each: each.struck)
        total = sum(each.struck for each in own)
        shown.append(f"{link} {total} (least {least.link.partition('-')[2]} {least.struck})")
    return ", ".join(shown)


FIGURE = Figure(
    key="f6",
    goal="12 network faults × 3 links × 200 events: 0 lost, no SMS twice, none unknown, hooks at"
    " least once under one `webhook-id`",
    run=run,
    short=Size(events=4, hold=7, store_hold=3, rate=10, store_rate=6),
    long=Size(events=200, hold=300, store_hold=60, rate=40, store_rate=8),
)
