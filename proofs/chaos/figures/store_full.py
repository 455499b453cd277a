"""F9: the store's memory or disk is full; callers get a 503, and all goes on once there is room."""

from __future__ import annotations

import time
from dataclasses import dataclass

from proofs.chaos import shortage
from proofs.chaos.arena import WORKERS, Arena
from proofs.chaos.campaign import Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.figures.poison_records import SERVICES, pids
from proofs.chaos.killing import Killer
from proofs.chaos.lines import Tail
from proofs.chaos.load import Demand, Load

RESUMED_WITHIN = 10.0
BETWEEN_SECONDS = 3.0
FULL_SECONDS = 30.0
"""How long the load may take to fill what room is left."""
ANSWERS = (0, 200, 202, 400, 401, 404, 413, 415, 422, 429, 503)
"""What may be answered; 0 is a call that the client gave up."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many seconds it stays full, each time."""

    memory: tuple[float, ...]
    disk: tuple[float, ...]
    rate: float = 20.0
    accounts: int = 2


@dataclass(frozen=True, kw_only=True)
class Time:
    """One time that the store was full; `resumed` are the seconds from the room's return until a
    call was accepted and a text sent. `missed` says what went wrong."""

    kind: str
    seconds: float
    refused: int
    resumed: float
    missed: str = ""


def run(arena: Arena, size: Size, seed: int) -> Result:
    campaign = Campaign(arena, "f9", seed, accounts=size.accounts)
    campaign.hook(size.accounts)
    # Nobody waits for what is not sent yet: who does not call is not refused.
    load = campaign.load(Demand(rate=size.rate, most_open=10_000))
    killer, findings = Killer(arena, seed), Findings(slack=arena.slack)
    killer.wait_until(lambda: len({len(pids(arena)[name]) for name in WORKERS}) == 1, 30)
    before, died = pids(arena), len(arena.died)
    load.start()
    times = [_fill(campaign, load, killer, "memory", each) for each in size.memory]
    times += [_fill(campaign, load, killer, "disk", each) for each in size.disk]
    closing = campaign.close(load)
    for each in times:
        findings.want(not each.missed, each.missed)
        late = f"after a full {each.kind} work went on only {each.resumed:.1f} s later"
        findings.within(each.resumed, RESUMED_WITHIN, late)
    _check(findings, load)
    ended = [name for name in SERVICES if pids(arena)[name] != before[name]]
    findings.want(not ended, f"processes ended: {', '.join(ended)}")
    findings.want(died == len(arena.died), f"started again: {', '.join(arena.died[died:])}")
    shown = "; ".join(
        f"{each.kind} full {each.seconds:g} s: {each.refused} × 503, on after {each.resumed:.1f} s"
        for each in times
    )
    measured = f"{shown}; processes ended {len(ended)}"
    slowest = max((each.resumed for each in times), default=0.0)
    return findings.result(closing, load, measured, recovery=slowest)


def _fill(campaign: Campaign, load: Load, killer: Killer, kind: str, seconds: float) -> Time:
    """Take the room away, wait until the store refuses, keep it so, and give it back."""
    killer.wait(BETWEEN_SECONDS)
    refused, tail = load.tally.statuses[503], Tail(campaign.arena.provider_log)
    take = {"memory": shortage.memory, "disk": shortage.disk}[kind]
    try:
        with take(campaign.arena):
            full = killer.wait_until(lambda: load.tally.statuses[503] > refused, FULL_SECONDS)
            killer.wait(seconds)
            tail.read()
            accepted = load.tally.accepted
    except shortage.NotArrangedError as error:
        return Time(kind=kind, seconds=seconds, refused=0, resumed=0, missed=str(error))
    began = time.monotonic()
    killer.wait_until(lambda: load.tally.accepted > accepted, 60)
    killer.wait_until(lambda: any(line.get("kind") == "send" for line in tail.read()), 60)
    return Time(
        kind=kind,
        seconds=seconds,
        refused=load.tally.statuses[503] - refused,
        resumed=time.monotonic() - began,
        missed="" if full else f"with its {kind} full the store refused nothing",
    )


def _check(findings: Findings, load: Load) -> None:
    others = set(load.tally.statuses) - set(ANSWERS)
    findings.want(not others, f"answers {others}")
    seen = [each for each in load.tally.exchanges if each.status == 503]
    bare = [each for each in seen if not each.retry_after.isdecimal()]
    findings.want(not bare, f"{len(bare)} × 503 without Retry-After")


FIGURE = Figure(
    key="f9",
    goal="the store's memory or disk full: 503, no false 2xx, no process exits, on again in 10 s",
    run=run,
    short=Size(memory=(3,), disk=(3,)),
    long=Size(memory=(5, 30, 75), disk=(5, 30, 75)),
)
