"""F14: the store comes back empty, as from a wrong volume: it is said, and nothing comes again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from integration.accounts import api_keys
from proofs.chaos.arena import Arena
from proofs.chaos.campaign import GENEROUS, Campaign
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.judge import judge
from proofs.chaos.killing import Killer
from proofs.chaos.lines import Tail
from proofs.chaos.load import Demand
from proofs.rig.stack import NEXT_YEAR, World

SAID = "emptied"
SAID_WITHIN = 15.0
LIMIT = 60.0
AGO = timedelta(minutes=10)
AT_ONCE = 10
"""Messages: no more than the list shows. A longer history lies before the connection, and is meant
for no hook."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`history` texts came in to each account before, each time (the provider's list shows 50).

    The store is emptied `times` over. Each time `quiet` seconds are watched for something old to
    come again.
    """

    times: int
    history: int
    quiet: float
    sends: int = 40
    accounts: int = 2


@dataclass
class Reader:
    """One account as its user has it: what was polled, and where its readers stand."""

    world: World
    ids: dict[str, str] = field(default_factory=dict)
    cursor: str = ""

    def read(self) -> None:
        answer = self.world.call("GET", "/v1/triggers/inbound-sms", params={"limit": 100})
        self.ids |= {each["message"]: each["id"] for each in answer.json()}
        self.cursor = answer.headers["X-Next-Cursor"]

    def since(self, **params: Any) -> list[str]:
        return [each["message"] for each in self.world.inbox(limit=100, **params)]

    def prepare(self, later: str) -> None:
        """Read and consume what is there, and schedule a text for a far day."""
        self.read()
        self.consume()
        self.world.send(message=later, schedule_at=f"{NEXT_YEAR}T00:00:00Z")

    def consume(self) -> list[str]:
        """All that a named consumer has not had."""
        found: list[str] = []
        while more := self.since(consumer="crm"):
            found += more
        return found


def run(arena: Arena, size: Size, seed: int) -> Result:
    campaign = Campaign(arena, "f14", seed, accounts=size.accounts)
    # Before the hooks: the inbound texts are this figure's own, with times of its choice.
    load = campaign.load(Demand(rate=20.0))
    campaign.hook(size.accounts)
    killer, findings = Killer(arena, seed), Findings(slack=arena.slack)
    load.start()
    enough = killer.wait_until(lambda: load.tally.accepted >= size.sends, LIMIT)
    findings.want(enough, "the load was not accepted")
    closing = campaign.close(load)
    readers = [Reader(world) for world in campaign.worlds]
    said = [_round(campaign, killer, findings, readers, size, each) for each in range(size.times)]
    after = judge(campaign.logs, campaign.label)
    findings.want(not after.twice, f"{len(after.twice)} sent again")
    findings.want(not after.split, f"{len(after.split)} events under two webhook-ids")
    findings.want(not after.astray, f"{len(after.astray)} inbound texts reached no hook")
    ids = sum(len(each.ids) for each in readers)
    measured = (
        f"emptied {size.times} times, said by /readyz after at most {max(said):.1f} s and by"
        f" every start; {ids} messages, ids changed 0; sent again {len(after.twice)}, old ones to"
        f" hooks, cursors and consumers 0"
    )
    if findings.misses:
        measured = f"emptied {size.times} times"
    return findings.result(closing, load, measured, store_kills=size.times, recovery=max(said))


def _round(
    campaign: Campaign,
    killer: Killer,
    findings: Findings,
    readers: list[Reader],
    size: Size,
    number: int,
) -> float:
    """History, the loss, its report, the way back, and new messages.

    Returns the seconds until the loss was reported.
    """
    arena = campaign.arena
    for first in range(0, size.history, AT_ONCE):
        for each in readers:
            _give_history(campaign, each.world, number, range(first, first + AT_ONCE))
        _await_posts(campaign, killer, findings, "old", number)
    for each in readers:
        each.prepare(f"{campaign.label} later")
    sent, posted = _sends(campaign), len(Tail(arena.sink.log).read())
    _empty(arena)
    said = _await_said(arena, killer, findings)
    _check_start(arena, killer, findings)
    for each in readers:
        _come_back(campaign, each, findings)
    killer.wait(size.quiet)
    more, flood = _sends(campaign) - sent, len(Tail(arena.sink.log).read()) - posted
    findings.want(not more, f"{more} texts were sent by themselves")
    findings.want(not flood, f"{flood} old messages went to hooks again")
    for each in readers:
        _check_reader(campaign, killer, findings, each, number)
    _await_posts(campaign, killer, findings, "new", number)
    return said


def _await_posts(
    campaign: Campaign, killer: Killer, findings: Findings, age: str, number: int
) -> None:
    _await(killer, findings, lambda: _posted(campaign, age, number), f"{age} messages at the hooks")


def _give_history(campaign: Campaign, world: World, number: int, which: range) -> None:
    """Received some minutes ago: what came in just before the loss may be given once more."""
    began = datetime.now(UTC) - AGO
    for each in which:
        at = (began + timedelta(seconds=each)).isoformat(timespec="seconds")
        text = f"{campaign.label} in old {number} {world.name} {each:04d}"
        world.inject(text, received_at=at)


def _empty(arena: Arena) -> None:
    """The server ends, and what starts in its place has another, empty volume."""
    arena.kill("redis")
    shutil.rmtree(arena.folder / "redis" / "appendonlydir")
    arena.start("redis")


def _await_said(arena: Arena, killer: Killer, findings: Findings) -> float:
    began = time.monotonic()

    def said() -> bool:
        try:
            return SAID in requests.get(f"{arena.url}/readyz", timeout=5).text
        except requests.RequestException:
            return False

    findings.want(killer.wait_until(said, LIMIT), "/readyz does not say that the store was emptied")
    took = time.monotonic() - began
    findings.within(took, SAID_WITHIN, f"/readyz said so only after {took:.0f} s")
    return took


def _check_start(arena: Arena, killer: Killer, findings: Findings) -> None:
    log = arena.folder / "scheduler.log"
    arena.terminate("scheduler", tree=False)
    before = log.read_text().count(SAID)
    arena.start("scheduler")
    said = killer.wait_until(lambda: log.read_text().count(SAID) > before, LIMIT)
    findings.want(said, "a start does not say that the store was emptied")


def _come_back(campaign: Campaign, reader: Reader, findings: Findings) -> None:
    """What the sentence tells the user to do: a key, the account, the Zap off and on."""
    world, arena = reader.world, campaign.arena
    refused = world.call("GET", "/v1/hooks")
    findings.want(
        refused.status_code == 401 and SAID in refused.text, "the old key's 401 says nothing"
    )
    _, world.key = api_keys.create(arena.db, world.name, "chaos")
    findings.want(SAID in world.call("GET", "/v1/hooks").text, "the list of hooks says nothing")
    world.connect_pairfon()
    world.control("PUT", "settings", GENEROUS)
    made = world.post("/v1/hooks", target_url=arena.sink.url, trigger="inbound-sms")
    findings.want(made.status_code == 201, f"subscribing again answered {made.status_code}")


def _check_reader(
    campaign: Campaign, killer: Killer, findings: Findings, reader: Reader, number: int
) -> None:
    """The same ids; after the old cursor and for the old consumer the new text and nothing old."""
    seen = {each["message"]: each["id"] for each in reader.world.inbox(limit=100)}
    findings.want(bool(seen), "the provider's window is not in the inbox again")
    changed = [text for text in seen if reader.ids.get(text, seen[text]) != seen[text]]
    findings.want(not changed, f"{len(changed)} messages have another id")
    text = f"{campaign.label} in new {number} {reader.world.name}"
    # From a phone that uploads late, and so older than the minute that may be given once more.
    reader.world.inject(text, received_at=(datetime.now(UTC) - AGO).isoformat(timespec="seconds"))
    _await(killer, findings, lambda: text in reader.since(), "the new message was polled")
    for name, found in (
        ("cursor", reader.since(cursor=reader.cursor)),
        ("consumer", reader.consume()),
    ):
        old = [each for each in found if f"{campaign.label} in old" in each]
        findings.want(not old, f"{len(old)} old messages after the {name}")
        findings.want(text in found, f"the new message is missing after the {name}")


def _await(killer: Killer, findings: Findings, condition: Callable[[], bool], what: str) -> None:
    findings.want(killer.wait_until(condition, LIMIT), f"not seen: {what}")


def _posted(campaign: Campaign, kind: str, number: int) -> bool:
    """Whether every text of this kind and round that reached the provider reached the sink."""
    start = f"{campaign.label} in {kind} {number}"
    lines = Tail(campaign.arena.provider_log).read()
    given = {each["text"] for each in lines if each.get("kind") == "inbound"}
    taken = {str(each["body"].get("message")) for each in Tail(campaign.arena.sink.log).read()}
    return {each for each in given if each.startswith(start)} <= taken


def _sends(campaign: Campaign) -> int:
    lines = Tail(campaign.arena.provider_log).read()
    ours = [each for each in lines if each.get("kind") == "send"]
    return sum(each["text"].startswith(campaign.label) for each in ours)


FIGURE = Figure(
    key="f14",
    goal="the store comes back empty: it is said within 15 s, nothing is sent again, no flood",
    run=run,
    short=Size(times=1, history=10, quiet=4),
    long=Size(times=6, history=150, quiet=15, sends=300, accounts=4),
)
