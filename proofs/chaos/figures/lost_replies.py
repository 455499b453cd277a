"""F7: the provider accepts and its reply is lost.

With a history nothing is doubled; without one nothing is sent again, and every such job is listed
as unknown.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from proofs.chaos.arena import Arena
from proofs.chaos.campaign import GENEROUS, Campaign, Closing
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.killing import Killer
from proofs.chaos.lines import Tail
from proofs.chaos.load import Demand, Load

NO_HISTORY = {**GENEROUS, "balance": 10_000_000}


@dataclass(frozen=True, kw_only=True)
class Size:
    """`sends` for each of the shares; `blackout` is how long every reply is lost, in seconds."""

    sends: int
    blackout: float
    shares: tuple[float, ...] = (0.02, 0.2)
    rate: float = 20.0
    accounts: int = 2


class WithoutHistory(Campaign):
    """The same on Cloud Messaging accounts, which have no history to ask."""

    def __init__(self, arena: Arena, label: str, seed: int, *, accounts: int) -> None:
        super().__init__(arena, label, seed, accounts=0)
        self.worlds = [arena.workspace() for _ in range(accounts)]
        for world in self.worlds:
            world.connect_cloud()
            world.control("PUT", "settings", NO_HISTORY, key=world.cloud_key)

    def faults(self, faults: list[dict[str, Any]], match: str = "POST") -> None:
        for world in self.worlds:
            world.control("DELETE", "faults", key=world.cloud_key)
            for each in faults:
                world.control("POST", "faults", {"match": match, **each}, key=world.cloud_key)


def run(arena: Arena, size: Size, seed: int) -> Result:
    asked = Campaign(arena, "f7a", seed, accounts=size.accounts)
    blind = WithoutHistory(arena, "f7b", seed, accounts=size.accounts)
    both = [(asked, asked.load(_demand(size))), (blind, blind.load(_demand(size)))]
    for _, load in both:
        load.start()
    killer = Killer(arena, seed)
    for share in size.shares:
        _phase(killer, both, size.sends, [{"kind": "cut_after", "p": share, "seed": seed}])
    for campaign, _ in both:
        campaign.faults([{"kind": "cut_after", "times": 0}])
    dark = time.time()
    killer.wait(size.blackout)
    until = time.time()
    for campaign, _ in both:
        campaign.faults([])
    return _judged(both, (dark, until), size)


def _demand(size: Size) -> Demand:
    return Demand(rate=size.rate, clients=6, bad_share=0)


def _phase(
    killer: Killer, both: list[tuple[Campaign, Load]], sends: int, faults: list[dict[str, Any]]
) -> None:
    for campaign, _ in both:
        campaign.faults(faults)
    wanted = [load.tally.accepted + sends for _, load in both]
    loads = [load for _, load in both]
    killer.wait_until(
        lambda: all(load.tally.accepted >= goal for load, goal in zip(loads, wanted, strict=True)),
        60 + sends,
    )


def _judged(both: list[tuple[Campaign, Load]], window: tuple[float, float], size: Size) -> Result:
    findings = Findings()
    (asked, first), (blind, second) = both
    known, open_ended = asked.close(first), blind.close(second)
    findings.common(known)
    findings.want(not known.verdict.unknown, f"{len(known.verdict.unknown)} unknown with a history")
    cut = _texts(blind, *window)
    unlisted = cut - set(open_ended.verdict.unknown)
    findings.want(bool(cut), "no reply was lost in the blackout")
    findings.want(not unlisted, f"{len(unlisted)} lost replies are not listed as unknown")
    failed = [job for job in (*known.jobs, *open_ended.jobs) if job.status == "failed"]
    findings.want(not failed, f"{len(failed)} jobs failed")
    slowest = max((job.settled - job.created for job in known.jobs), default=0.0)
    measured = (
        f"replies lost {', '.join(f'{share:.0%}' for share in size.shares)}, then all for"
        f" {size.blackout:g} s: with a history {_counted(known)}, slowest {slowest:.1f} s; without"
        f" one {_counted(open_ended)}, of the {len(cut)} in the blackout {len(unlisted)} not listed"
    )
    one = findings.result(open_ended, second, measured)
    return replace(
        one,
        accepted=one.accepted + known.verdict.accepted,
        lost=one.lost + len(known.verdict.lost),
        sent_twice=one.sent_twice + len(known.verdict.twice),
        unknown=one.unknown + len(known.verdict.unknown),
        recovery=slowest,
        stories=(*known.stories(), *one.stories),
    )


def _counted(closing: Closing) -> str:
    verdict = closing.verdict
    return (
        f"{verdict.accepted} accepted, lost {len(verdict.lost)}, sent twice {len(verdict.twice)},"
        f" unknown {len(verdict.unknown)}"
    )


def _texts(campaign: Campaign, since: float, until: float) -> set[str]:
    """Accepted texts that the provider took while every reply was lost."""
    promised = {line["text"] for line in Tail(campaign.accepted).read()}
    lines = (line for line in Tail(campaign.arena.provider_log).read() if line["kind"] == "send")
    return {
        line["text"]
        for line in lines
        if line["text"] in promised
        and since < datetime.fromisoformat(line["at"]).timestamp() < until
    }


FIGURE = Figure(
    key="f7",
    goal="replies lost (2 %, 20 %, all for 60 s): 0 twice; without a history all listed unknown",
    run=run,
    short=Size(sends=40, blackout=4, accounts=1),
    long=Size(sends=1000, blackout=60),
)
