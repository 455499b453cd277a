"""F16: the store is put back to a copy that was taken under load; nobody is texted twice."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import requests

from proofs.chaos import store_copy
from proofs.chaos.arena import WORKERS, Arena
from proofs.chaos.campaign import Campaign, Closing
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.figures.lost_replies import WithoutHistory
from proofs.chaos.figures.web_kills import accepting
from proofs.chaos.killing import Killer
from proofs.chaos.lines import Tail
from proofs.chaos.load import Demand, Load

SAID = "put back to an earlier state"
SAID_WITHIN = 15.0
CLAIMED_SECONDS = 1.0
"""How long before the provider's line of a text its job was claimed, at most."""
LIMIT = 60.0
SLOW: list[dict[str, Any]] = [
    {"kind": "delay", "p": 0.5, "seed": 1, "seconds": 0.4},
    {"kind": "delay", "p": 0.5, "seed": 2, "seconds": 0.4, "after": True},
]
"""So texts wait, are on the wire and are done at any moment."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`restores` under a service that runs on, then `together` ones that begin with all of our
    processes killed as well."""

    restores: int
    together: int
    rate: float = 12.0
    accounts: int = 2


class Waiting(Campaign):
    """Its end is that no job is open: what is gone or unknown never reaches the provider."""

    settle_seconds = 300.0

    def _await_sends(self) -> None:
        """The jobs say it."""


class WaitingBlindly(Waiting, WithoutHistory):
    """The same without a history to ask."""


@dataclass
class Rounds:
    """The restores of a run. `gone` are the times in which what was accepted is no promise: after
    a copy was begun and before the server died (Unix seconds)."""

    arena: Arena
    killer: Killer
    findings: Findings
    gone: list[tuple[float, float]] = field(default_factory=list)
    slowest: float = 0.0
    proved: int = 0
    """Restores after which the store surely lacked a claim."""

    def restore(self, loads: list[Load], *others: str) -> None:
        """A copy under load, some time for sends that it does not know, and the way back."""
        chance = self.killer.random
        for load in loads:
            self.findings.want(
                accepting(self.killer, load, chance.randint(5, 20)), "the load was not accepted"
            )
        copy = store_copy.take(self.arena, snapshot=len(self.gone) % 2 == 0)
        copied = time.time()
        self.killer.wait(chance.uniform(0.3, 4))
        before = self._told()
        died = store_copy.put_back(self.arena, copy, *others)
        self.gone.append((copy.at, died))
        if not others and self._sent(copied + CLAIMED_SECONDS, died):
            self.proved += 1
            self._await_said(before)

    def _sent(self, since: float, until: float) -> bool:
        """Whether the provider took a text meanwhile. Where it took none, the store has lost no
        claim, and nothing has to be said."""
        sends = [each for each in Tail(self.arena.provider_log).read() if each["kind"] == "send"]
        at = [datetime.fromisoformat(each["at"]).timestamp() for each in sends]
        return any(since < each < until for each in at)

    def _told(self) -> list[int]:
        """How often each process that works by itself has said so in its log."""
        names = (*WORKERS, "scheduler")
        return [(self.arena.folder / f"{each}.log").read_text().count(SAID) for each in names]

    def _await_said(self, before: list[int]) -> None:
        began = time.monotonic()
        said = self.killer.wait_until(
            lambda: all(new > old for new, old in zip(self._told(), before, strict=True)), LIMIT
        )
        took = time.monotonic() - began
        self.slowest = max(self.slowest, took)
        self.findings.want(said, "a process does not say that the store was put back")
        self.findings.within(took, SAID_WITHIN, f"a process said so only after {took:.0f} s")
        ready = requests.get(f"{self.arena.url}/readyz", timeout=5).text
        self.findings.want(SAID in ready, "/readyz does not say that the store was put back")

    def judged(self, campaign: Campaign, load: Load) -> Closing:
        """Its end, without what went with the store that was replaced."""
        campaign.faults([])
        closing = campaign.close(load)
        gone = {
            line["text"]
            for line in Tail(campaign.accepted).read()
            if any(first <= line["at"] <= last + 1 for first, last in self.gone)
        }
        lost = tuple(text for text in closing.verdict.lost if text not in gone)
        return replace(closing, verdict=replace(closing.verdict, lost=lost))


def run(arena: Arena, size: Size, seed: int) -> Result:
    asked = Waiting(arena, "f16a", seed, accounts=size.accounts)
    asked.hook(1)
    blind = WaitingBlindly(arena, "f16b", seed, accounts=size.accounts)
    loads = [_load(campaign, size) for campaign in (asked, blind)]
    for load in loads:
        load.start()
    rounds = Rounds(arena, Killer(arena, seed), Findings(slack=arena.slack))
    for _ in range(size.restores):
        rounds.restore(loads)
    # Where nothing proves it, who cannot be asked is sent to: no promise is made there.
    unasked = rounds.judged(blind, loads[1])
    for _ in range(size.together):
        rounds.restore(loads[:1], "web", *WORKERS, "scheduler")
    known = rounds.judged(asked, loads[0])
    return _result(rounds, (known, loads[0]), unasked)


def _load(campaign: Campaign, size: Size) -> Load:
    campaign.faults(SLOW)
    return campaign.load(Demand(rate=size.rate, most_open=10**6, clients=6, bad_share=0))


def _result(rounds: Rounds, first: tuple[Closing, Load], unasked: Closing) -> Result:
    (known, load), findings = first, rounds.findings
    findings.common(unasked)
    findings.want(not known.verdict.unknown, f"{len(known.verdict.unknown)} unknown with a history")
    findings.want(bool(unasked.verdict.unknown), "nothing was listed as unknown")
    failed = [job for job in (*known.jobs, *unasked.jobs) if job.status == "failed"]
    findings.want(not failed, f"{len(failed)} jobs failed")
    findings.want(rounds.proved > 0, "no restore lacked a claim, so none had to be said")
    measured = (
        f"put back {len(rounds.gone)} times; said by every process after at most"
        f" {rounds.slowest:.1f} s the {rounds.proved} times that claims were lacking: with a"
        f" history {_counted(known)}; without one {_counted(unasked)}"
    )
    one = findings.result(known, load, measured, store_kills=len(rounds.gone))
    return replace(
        one,
        accepted=one.accepted + unasked.verdict.accepted,
        lost=one.lost + len(unasked.verdict.lost),
        sent_twice=one.sent_twice + len(unasked.verdict.twice),
        unknown=one.unknown + len(unasked.verdict.unknown),
        stories=(*one.stories, *unasked.stories()),
    )


def _counted(closing: Closing) -> str:
    verdict = closing.verdict
    return (
        f"{verdict.accepted} accepted, lost {len(verdict.lost)}, sent twice {len(verdict.twice)},"
        f" unknown {len(verdict.unknown)}"
    )


FIGURE = Figure(
    key="f16",
    goal="≥ 20 copies taken under load are put back: 0 twice, all that the copy has is listed",
    run=run,
    short=Size(restores=2, together=0, accounts=1),
    long=Size(restores=20, together=3),
)
