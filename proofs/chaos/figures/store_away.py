"""F4: the store is away or does not answer; callers get 503 in 2 s, and work goes on by itself."""

from __future__ import annotations

import time
from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.campaign import Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.killing import Killer
from proofs.chaos.lines import Tail
from proofs.chaos.load import Demand, Load

TOLD_WITHIN = 2.0
RESUMED_WITHIN = 10.0
REFUSALS = (400, 401, 413, 415, 422, 429)
"""A bad input may be refused without a look into the store."""
LOOK_SECONDS = 3.0
BLUR = 0.3
"""Seconds around the outage's ends in which an answer may belong to either side."""


@dataclass(frozen=True, kw_only=True)
class Size:
    away: tuple[float, ...]
    stopped: tuple[float, ...]
    rate: float = 15.0
    accounts: int = 2


@dataclass(frozen=True, kw_only=True)
class Outage:
    kind: str
    seconds: float
    began: float
    ended: float
    resumed: float
    """Seconds from the store's return to the next text in the provider's log."""


def run(arena: Arena, size: Size, seed: int) -> Result:
    campaign = Campaign(arena, "f4", seed, accounts=size.accounts)
    load = campaign.load(Demand(rate=size.rate))
    killer, findings = Killer(arena, seed), Findings(slack=arena.slack)
    load.start()
    wanted = [("away", each) for each in size.away] + [("stopped", each) for each in size.stopped]
    outages = []
    for kind, seconds in wanted:
        killer.wait(3)
        outages.append(_outage(campaign, killer, kind, seconds))
    accepted, refused = _calls_after(load, killer, outages[-1])
    closing = campaign.close(load)
    slowest = max((_check(findings, load, each) for each in outages), default=0.0)
    resumed = max(each.resumed for each in outages)
    findings.within(slowest, TOLD_WITHIN, f"an answer took {slowest:.2f} s")
    findings.within(resumed, RESUMED_WITHIN, f"work went on only {resumed:.1f} s after")
    findings.want(not refused, f"{refused} calls refused {RESUMED_WITHIN:g} s after the store")
    findings.want(accepted > 0, f"no call accepted {RESUMED_WITHIN:g} s after the store")
    shown = ", ".join(f"{each.kind} {each.seconds:g} s: {each.resumed:.1f} s" for each in outages)
    measured = (
        f"{load.tally.statuses[503]} × 503, slowest answer during an outage {slowest:.2f} s;"
        f" work went on after {shown}; then {accepted} calls accepted, {refused} refused"
    )
    kills = len(size.away)
    return findings.result(closing, load, measured, store_kills=kills, recovery=resumed)


def _outage(campaign: Campaign, killer: Killer, kind: str, seconds: float) -> Outage:
    arena, tail = campaign.arena, Tail(campaign.arena.provider_log)
    began = time.time()
    if kind == "away":
        arena.kill("redis")
        time.sleep(seconds)
        tail.read()
        arena.start("redis")
    else:
        arena.pause("redis")
        time.sleep(seconds)
        tail.read()
        arena.resume("redis")
    ended = time.time()

    def again() -> bool:
        return any(line.get("kind") == "send" for line in tail.read())

    killer.wait_until(again, 90)
    return Outage(kind=kind, seconds=seconds, began=began, ended=ended, resumed=time.time() - ended)


def _calls_after(load: Load, killer: Killer, last: Outage) -> tuple[int, int]:
    """How many calls were accepted and refused once every call has to be accepted again.

    Sends go on by themselves while a web process refuses every call; their log does not show it.
    """
    since = last.ended + RESUMED_WITHIN
    killer.wait(since - time.time() + LOOK_SECONDS)
    seen = [each for each in load.tally.exchanges if each.at > since]
    refused = sum(each.status in (0, 503) for each in seen)
    return sum(200 <= each.status < 300 for each in seen), refused


def _check(findings: Findings, load: Load, outage: Outage) -> float:
    """Every answer in an outage is a 503 that says when to come back.

    Returns the slowest, also of those that only the outage's end brought about.
    """
    begun = [
        each for each in load.tally.exchanges if outage.began + BLUR < each.at < outage.ended - BLUR
    ]
    seen = [each for each in begun if each.at + each.took < outage.ended - BLUR]
    false = [each for each in seen if 200 <= each.status < 300]
    findings.want(not false, f"{len(false)} × 2xx while Redis was {outage.kind}")
    others = {each.status for each in seen} - {200, 202, 503, *REFUSALS}
    findings.want(not others, f"answers {others} while Redis was {outage.kind}")
    bare = [each for each in seen if each.status == 503 and not each.retry_after.isdecimal()]
    findings.want(not bare, f"{len(bare)} × 503 without Retry-After")
    return max((each.took for each in begun), default=0.0)


FIGURE = Figure(
    key="f4",
    goal="Redis away 1, 5, 30, 120 s, or stopped: 503 within 2 s, no false 2xx; within 10 s work"
    " goes on and every call is accepted",
    run=run,
    short=Size(away=(2,), stopped=(8,)),
    long=Size(away=(1, 5, 30, 120), stopped=(5, 30)),
)
