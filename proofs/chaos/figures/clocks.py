"""F11: wall clocks are set by an hour under running processes, on two hosts and in the store."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from proofs.chaos.arena import Arena, arena
from proofs.chaos.campaign import Campaign, Closing
from proofs.chaos.clocks import HERE, STORE, THERE, Clocked, lacking
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.killing import Killer
from proofs.chaos.lines import Tail
from proofs.chaos.load import Demand

HOUR = 3600.0
SENT_WITHIN = 20.0
FIRST_GAP = (4.0, 6.0)
"""The published 5 s, give or take a fifth."""
LATE = 10.0
"""Seconds that a busy machine may add to a gap."""
STAMP_WITHIN = 300.0
"""What Standard Webhooks' libraries accept."""
BLUR = 2.0
"""Seconds around a step of the store's clock in which a stamp may be of either time."""
SLOW = [
    {"kind": "cut_after", "p": 0.1, "seed": 1},
    {"kind": "delay", "p": 0.1, "seed": 2, "seconds": 1.0},
    {"kind": "delay", "p": 0.1, "seed": 3, "seconds": 1.0, "after": True},
]
"""Calls that are on the wire, or whose answer is lost, while the clocks are set."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """Each of the steps is held for `hold` seconds and taken back for as long; a leap second is
    one of them."""

    hold: float
    rate: float = 10.0
    steps: tuple[tuple[tuple[str, ...], float], ...] = (
        ((HERE,), HOUR),
        ((HERE, STORE, THERE), -HOUR),
        ((STORE,), HOUR),
        ((THERE,), -HOUR),
        ((STORE,), -HOUR),
        ((HERE, STORE, THERE), HOUR),
        ((HERE, STORE), 1.0),
    )


@dataclass(frozen=True, kw_only=True)
class Booked:
    """A text that was scheduled while the clocks were right, for a time when they are not."""

    text: str
    due: float


def run(outer: Arena, size: Size, seed: int) -> Result:
    """In an arena of its own: the other figures' processes keep the right time."""
    if lacking():
        return Findings(misses=[f"not run: {lacking()}"]).plain("not run")
    with outer.resting(), arena(Clocked, keep=outer.kept, slack=outer.slack) as clocked:
        result = _steps(clocked, size, seed)
        if result.misses:
            clocked.keep()
        return result


def _steps(clocked: Clocked, size: Size, seed: int) -> Result:
    campaign = Campaign(clocked, "f11", seed, accounts=2)
    campaign.hook(2, "/refuse/1")
    campaign.faults(SLOW)
    load = campaign.load(Demand(rate=size.rate, bad_share=0))
    killer, booked = Killer(clocked, seed), list[Booked]()
    stepped: list[tuple[float, float]] = []
    load.start()
    for names, seconds in size.steps:
        killer.wait(size.hold)
        booked.append(_book(campaign, len(booked), time.time() + size.hold * 0.8))
        began = time.time()
        _set(clocked, names, seconds)
        killer.wait(size.hold)
        _set(clocked, names, 0)
        if STORE in names:
            stepped.append((began - BLUR, time.time() + BLUR))
    killer.wait(size.hold)
    closing = campaign.close(load)
    findings = Findings(slack=clocked.slack)
    shown = [
        f"{len(size.steps)} steps and back",
        _sends(findings, campaign, closing),
        _retries(findings, campaign),
        _stamps(findings, campaign, stepped),
        _bookings(findings, campaign, booked),
    ]
    return findings.result(closing, load, "; ".join(shown))


def _set(clocked: Clocked, names: tuple[str, ...], seconds: float) -> None:
    for name in names:
        clocked.set(name, seconds)


def _book(campaign: Campaign, number: int, due: float) -> Booked:
    text = f"{campaign.label} booked {number}"
    at = datetime.fromtimestamp(due, UTC).isoformat()
    answer = campaign.worlds[1].send(message=text, schedule_at=at)
    assert answer.status_code == 202, answer.text
    return Booked(text=text, due=due)


def _sends(findings: Findings, campaign: Campaign, closing: Closing) -> str:
    """From the generator's and the provider's clocks, which nobody sets."""
    arrived = _arrived(campaign)
    promised = {line["text"]: line["at"] for line in Tail(campaign.accepted).read()}
    waits = [arrived[text] - at for text, at in promised.items() if text in arrived]
    slowest = max(waits, default=0.0)
    findings.within(slowest, SENT_WITHIN, f"a text waited {slowest:.0f} s")
    return f"{closing.verdict.accepted} accepted, slowest sent after {slowest:.1f} s"


def _arrived(campaign: Campaign) -> dict[str, float]:
    lines = Tail(campaign.arena.provider_log).read()
    return {
        line["text"]: datetime.fromisoformat(line["at"]).timestamp()
        for line in lines
        if line.get("kind") == "send"
    }


def _retries(findings: Findings, campaign: Campaign) -> str:
    posts: dict[str, list[float]] = defaultdict(list)
    for line in Tail(campaign.arena.sink.log).read():
        if line["path"] == "/refuse/1":
            posts[line["webhook_id"]].append(line["at"])
    gaps = [each[1] - each[0] for each in posts.values() if len(each) > 1]
    once = [each for each in posts.values() if len(each) == 1]
    findings.want(not once, f"{len(once)} refused deliveries were never made again")
    findings.want(bool(gaps), "no delivery was retried")
    early = [gap for gap in gaps if gap < FIRST_GAP[0]]
    findings.want(
        not early, f"{len(early)} retries came early, the first after {min(early, default=0):.1f} s"
    )
    slowest = max(gaps, default=0.0)
    findings.within(slowest - FIRST_GAP[1], LATE, f"a retry came only after {slowest:.0f} s")
    often = [each for each in posts.values() if len(each) > 2]
    findings.want(not often, f"{len(often)} deliveries were made again after they had been taken")
    return f"{len(gaps)} retries after {min(gaps, default=0):.1f} to {slowest:.1f} s"


def _stamps(findings: Findings, campaign: Campaign, stepped: list[tuple[float, float]]) -> str:
    lines = Tail(campaign.arena.sink.log).read()
    clear = [
        line for line in lines if not any(since < line["at"] < until for since, until in stepped)
    ]
    off = [line for line in clear if abs(line["stamp"] - line["at"]) > STAMP_WITHIN]
    findings.want(bool(clear), "no stamp was looked at")
    findings.want(not off, f"{len(off)} signatures bear a time that receivers refuse")
    return f"{len(clear)} stamps while the store's clock was right, {len(off)} wrong"


def _bookings(findings: Findings, campaign: Campaign, booked: list[Booked]) -> str:
    arrived = _arrived(campaign)
    lost = [each for each in booked if each.text not in arrived]
    findings.want(not lost, f"{len(lost)} scheduled texts never left")
    offs = [arrived[each.text] - each.due for each in booked if each.text in arrived]
    findings.want(
        min(offs, default=0) > -1, f"a scheduled text left {-min(offs, default=0):.0f} s early"
    )
    findings.within(
        max(offs, default=0), LATE, f"a scheduled text left {max(offs, default=0):.0f} s late"
    )
    return f"{len(offs)} scheduled texts left {max(offs, default=0):.1f} s late at most"


FIGURE = Figure(
    key="f11",
    goal="clocks set by ±1 h and a leap second, two hosts 5 s apart: 0 lost, 0 twice, no retry"
    " early, nothing stuck",
    run=run,
    short=Size(hold=5),
    long=Size(hold=60),
)
