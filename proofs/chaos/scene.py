"""A scene of ordinary life: accounts with habits, texts both ways, judged by others' logs."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from proofs.chaos import asking
from proofs.chaos.arena import Arena
from proofs.chaos.asking import SeenJob
from proofs.chaos.campaign import GENEROUS, Closing
from proofs.chaos.figure import Life
from proofs.chaos.judge import by_recipient, judge
from proofs.chaos.lines import Pen, Tail
from proofs.chaos.seen import Seen
from proofs.rig.stack import LEAP_PAUSE, LEAP_SECONDS, World

PROBE_SECONDS = 20.0
"""How long after its last text a probe still waits for what did not come."""
BATCH = 100
"""Recipients of one call."""
SEND = "POST /zapier/send-sms"


class Scene(Seen):
    """`send` and `receive` give every text a name of its own, by which the judge knows it.

    `refused` are accounts whose key the provider refused for a while: a text of theirs that is
    listed as failed is not lost.
    """

    def __init__(self, arena: Arena, key: str, seed: int) -> None:
        super().__init__(arena, f"{key}.{seed}.{time.time_ns() % 10**9}")
        self.worlds: list[World] = []
        self.refused: list[World] = []
        self.wrong: list[str] = []
        self.inbound = self.silent = self.limited = self.breaking = 0
        self._pen, self._numbers = Pen(self.accepted), itertools.count(1)

    def account(self, *, healthy: bool = False, **settings: Any) -> World:
        """A workspace with a Pairfon account; `healthy` ones are those that must not be held up."""
        world = self.arena.workspace()
        world.connect_pairfon()
        world.control("PUT", "settings", GENEROUS | settings)
        self.worlds.append(world)
        self.healthy += [world] if healthy else []
        return world

    def hook(self, world: World, path: str = "/hook", **more: Any) -> str:
        """Returns the hook's id; the target's path bears the workspace's name."""
        target = self.arena.sink.base + self.path(world, path)
        made = world.post("/v1/hooks", target_url=target, trigger="inbound-sms", **more)
        assert made.status_code in (200, 201), made.text
        return str(made.json()["id"])

    def path(self, world: World, path: str = "/hook") -> str:
        return f"{path}?{world.name}"

    def name(self) -> str:
        """A text that no other is like."""
        return f"{self.label} {next(self._numbers):06d}"

    def send(self, world: World, **body: Any) -> str:
        """One text, or one to each of `phone`; returns it. What is not accepted is wrong."""
        text = body.pop("message", "") or self.name()
        given: dict[str, Any] = {"phone": "+14155550123", **body, "message": text}
        try:
            answer = world.send(**given)
        except requests.RequestException as error:
            self.wrong.append(f"{text}: {type(error).__name__}")
            return text
        if answer.status_code in (200, 202):
            self.note(world, text, answer.json())
        else:
            self.wrong.append(f"{text}: {answer.status_code} {answer.text[:120]}")
        return text

    def note(self, world: World, text: str, reply: dict[str, Any]) -> None:
        """Write down what was promised."""
        for job in reply.get("jobs", [reply]):
            phone = job.get("phone") or job["input"]["phone"]
            self._pen.write(at=time.time(), text=text, job=job["id"], phone=phone, world=world.name)

    def backlog(self, world: World, count: int) -> None:
        """So many jobs of one account, in calls of a hundred recipients."""
        calls = [range(at, min(at + BATCH, count)) for at in range(0, count, BATCH)]

        def one(numbers: Sequence[int]) -> None:
            self.send(world, phone=[f"+1415{5_550_000 + number:07d}" for number in numbers])

        with ThreadPoolExecutor(4) as callers:
            list(callers.map(one, calls))

    def receive(self, world: World, count: int = 1, **more: Any) -> list[str]:
        """People text an account's phone, in one moment; `more` is given to the sandbox."""
        made = [f"{self.label} in {next(self._numbers):05d}" for _ in range(count)]
        given = [
            {"phone": f"+1415{5_560_000 + number:07d}", "message": text, **more}
            for number, text in enumerate(made)
        ]
        world.control("POST", "inbound", given)
        self.inbound += count
        return made

    def fault(self, world: World, kind: str, match: str = SEND, **more: Any) -> None:
        world.fault(kind, match, **{"times": 0, **more})

    def clear(self) -> None:
        """Every account is as it should be."""
        for world in self.worlds:
            world.control("DELETE", "faults")

    def steadily(self, seconds: float, pause: float, act: Callable[[World], Any]) -> None:
        """Let each healthy account act at this pace for so long; the calls wait for no other."""
        threads = [
            threading.Thread(target=_paced, args=(seconds, pause, act, world), daemon=True)
            for world in self.healthy
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    def leap(self, seconds: float = LEAP_SECONDS, *, step: float = LEAP_SECONDS) -> None:
        """Move the common time on, as far as no call under way can be taken for a dead one.

        A longer `step` is for moments in which no send can be under way.
        """
        while seconds > 0:
            self.arena.pass_time(min(seconds, step))
            time.sleep(LEAP_PAUSE)
            seconds -= step

    def probe(self, seconds: float, pause: float = 0.5) -> float:
        """Healthy accounts send at this pace; returns how long their slowest text took."""
        self.steadily(seconds, pause, self.send)
        end = time.monotonic() + PROBE_SECONDS
        while (slowest := self.slowest()) == float("inf") and time.monotonic() < end:
            time.sleep(0.2)
        return slowest

    def jobs(self, world: World) -> list[SeenJob]:
        return asking.every([world])

    def settle(self, leaps: int) -> list[SeenJob]:
        """The jobs once none is open, or after so many leaps."""
        jobs = asking.every(self.worlds)
        for _ in range(leaps):
            if not any(job.open for job in jobs):
                break
            self.leap()
            jobs = asking.every(self.worlds)
        return jobs

    def close(self, leaps: int = 12) -> Closing:
        """Let all settle, and judge; workspaces end, so that they cost later figures nothing."""
        jobs: list[SeenJob] = []
        told: list[str] = []
        try:
            jobs = self.settle(leaps)
            told = [job.id for job in asking.every(self.refused) if job.status == "failed"]
            for world in self.worlds:
                world.leave()
        except AssertionError as error:
            self.wrong.append(f"the API does not list its jobs: {error}")
        unknown = [job.id for job in jobs if job.status == "unknown"]
        verdict = judge(self.logs, self.label, [*unknown, *told], by_recipient)
        self._pen.close()
        return Closing(
            verdict=verdict,
            jobs=tuple(jobs),
            open_jobs=tuple(job for job in jobs if job.open),
            last_settled=max((job.settled for job in jobs), default=0.0),
            wrong=tuple(self.wrong),
        )

    def life(self) -> Life:
        """Who took part, for the headline."""
        return Life(
            accounts=len(self.worlds),
            silent=self.silent,
            limited=self.limited,
            breaking=self.breaking,
            inbound=self.inbound,
            outbound=len(Tail(self.accepted).read()),
            slowest=self.slowest(),
        )


def calls(world: World, since: float = 0.0, match: str = "") -> list[dict[str, Any]]:
    """The requests of an account that the provider saw since a moment in Unix seconds."""
    found = world.control("GET", f"calls?since={since!r}")["calls"]
    return [each for each in found if match in each["call"]]


def _paced(seconds: float, pause: float, act: Callable[[World], Any], world: World) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        act(world)
        time.sleep(max(0.0, began + pause - time.monotonic()))
