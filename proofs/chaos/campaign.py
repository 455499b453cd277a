"""A campaign: one figure's accounts, its load, and its judgement once all has settled."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from proofs.chaos import asking
from proofs.chaos.arena import Arena
from proofs.chaos.asking import SeenJob
from proofs.chaos.judge import Logs, Verdict, judge
from proofs.chaos.lines import Tail
from proofs.chaos.load import Demand, Load
from proofs.rig.stack import World

SETTLE_SECONDS = 90.0
HOOK_SECONDS = 90.0
GENEROUS = {"rate_limit": 1_000_000, "retry_scale": 0.25}
FLAKY: list[dict[str, Any]] = [
    {"kind": "cut_after", "p": 0.02, "seed": 1},
    {"kind": "status", "p": 0.02, "seed": 2, "code": 503, "headers": {"Retry-After": "1"}},
    {"kind": "delay", "p": 0.3, "seed": 3, "seconds": 0.15},
    {"kind": "delay", "p": 0.3, "seed": 4, "seconds": 0.15, "after": True},
]
"""What a provider is like: 2 % of answers lost after the send, 2 % refused before it.

Its calls take long enough for a kill to fall into them, on either side of the effect."""


@dataclass(frozen=True, kw_only=True)
class Closing:
    """How a campaign ended. `open_jobs` should be empty; times are Unix seconds."""

    verdict: Verdict
    jobs: tuple[SeenJob, ...]
    open_jobs: tuple[SeenJob, ...]
    last_settled: float
    wrong: tuple[str, ...] = field(default=())

    def stories(self, most: int = 10) -> list[str]:
        """The timelines of what went wrong."""
        bad = {*self.verdict.lost, *self.verdict.twice}
        found = [job.story() for job in self.jobs if job.text in bad or job.open]
        return found[:most]


class Campaign:
    settle_seconds, hook_seconds = SETTLE_SECONDS, HOOK_SECONDS

    def __init__(self, arena: Arena, label: str, seed: int, *, accounts: int = 4) -> None:
        self.arena, self.seed = arena, seed
        self.label = f"{label}.{seed}.{time.time_ns() % 10**9}"
        self.accepted = arena.folder / f"accepted-{self.label}.jsonl"
        self.worlds = [arena.workspace() for _ in range(accounts)]
        self.hooked: list[World] = []
        for world in self.worlds:
            world.connect_pairfon()
            world.control("PUT", "settings", GENEROUS)

    def hook(self, count: int, *paths: str) -> None:
        """Subscribe the sink in the first `count` accounts; they get inbound texts as well.

        The first accounts' hooks point at the sink's `paths`, the others at its plain one.
        """
        self.hooked = self.worlds[:count]
        for number, world in enumerate(self.hooked):
            path = paths[number] if number < len(paths) else "/hook"
            target = self.arena.sink.base + path
            made = world.post("/v1/hooks", target_url=target, trigger="inbound-sms")
            assert made.status_code == 201, made.text

    def faults(self, faults: list[dict[str, Any]], match: str = "POST /zapier/send-sms") -> None:
        """Replace the provider's faults for sends in every account."""
        for world in self.worlds:
            world.control("DELETE", "faults")
            for each in faults:
                world.control("POST", "faults", {"match": match, **each})

    def load(self, demand: Demand) -> Load:
        made = Load(self.worlds, self.label, demand, self.accepted, self.seed)
        made.hooked = self.hooked
        return made

    def close(self, load: Load) -> Closing:
        """End the load, wait until all has settled, and judge."""
        load.finish()
        self._await_sends()
        jobs, unknown, refused = self._asked()
        self._await_hooks()
        return Closing(
            verdict=judge(self.logs, self.label, unknown),
            jobs=tuple(jobs),
            open_jobs=tuple(job for job in jobs if job.open),
            last_settled=max((job.settled for job in jobs), default=0.0),
            wrong=(*load.tally.wrong, *refused),
        )

    @property
    def logs(self) -> Logs:
        arena = self.arena
        return Logs(accepted=self.accepted, provider=arena.provider_log, sink=arena.sink.log)

    def _await_sends(self) -> None:
        """Follow the provider's log, which costs the service nothing."""
        tail, end = Tail(self.arena.provider_log), time.monotonic() + self.settle_seconds
        missing = {line["text"] for line in Tail(self.accepted).read()}
        while missing and time.monotonic() < end:
            missing -= {line.get("text") for line in tail.read() if line.get("kind") == "send"}
            self.arena.tend()
            time.sleep(0.2)

    def _asked(self) -> tuple[list[SeenJob], list[str], list[str]]:
        """The jobs, the ids listed as unknown, and why the API returned neither, if it did not.

        The logs are judged all the same.
        """
        try:
            jobs = self._await_jobs()
            return jobs, [job.id for job in asking.every(self.worlds, status="unknown")], []
        except AssertionError as error:
            return [], [], [f"the API does not list its jobs: {error}"]

    def _await_jobs(self) -> list[SeenJob]:
        end = time.monotonic() + self.settle_seconds
        jobs = asking.every(self.worlds)
        while any(job.open for job in jobs) and time.monotonic() < end:
            self.arena.tend()
            time.sleep(0.5)
            jobs = asking.every(self.worlds)
        return jobs

    def _await_hooks(self) -> None:
        end = time.monotonic() + self.hook_seconds
        while self.hooked and judge(self.logs, self.label).astray and time.monotonic() < end:
            self.arena.tend()
            time.sleep(1)
