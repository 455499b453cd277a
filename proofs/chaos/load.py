"""The load: clients that send unique texts and persist until each is accepted, as platforms do."""

from __future__ import annotations

import asyncio
import itertools
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from proofs.chaos.bad_inputs import BAD_INPUTS, BadInput
from proofs.chaos.lines import Pen, Tail
from proofs.rig.stack import World

RETRY_SECONDS = 0.3
CALL_SECONDS = 40.0
PATIENCE_SECONDS = 60.0
"""How long after the end of the load a client still tries: a broken service may never say 2xx."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """How much is asked for.

    `most_open` holds the clients back while so many accepted texts have not reached the provider. A
    queue that only grows would measure the machine, not recovery.
    """

    rate: float = 25.0
    most_open: int = 80
    clients: int = 12
    inbound_rate: float = 1.0
    bad_share: float = 0.02


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One call as its client saw it; status 0 is no answer. Times are Unix seconds."""

    at: float
    took: float
    status: int
    retry_after: str = ""


@dataclass
class Tally:
    exchanges: list[Exchange] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    accepted: int = 0
    inbound: int = 0
    replayed: int = 0
    bad: int = 0
    wrong: list[str] = field(default_factory=list)
    """Answers that break the contract, such as a 2xx for a bad input or a 500."""


class Load:
    """Runs in a thread of its own from `start` to `finish`."""

    def __init__(
        self, worlds: list[World], label: str, demand: Demand, accepted: Path, seed: int
    ) -> None:
        self.worlds, self.label, self.demand = worlds, label, demand
        self.tally = Tally()
        self.hooked: list[World] = []
        self._pen, self._landed = Pen(accepted), 0
        self._provider = Tail(worlds[0].stack.folder / "sandbox" / "log.jsonl")
        self._numbers, self._inbound = itertools.count(1), itertools.count(1)
        self._random = random.Random(seed)
        self._next = 0.0
        self._last = float("inf")
        self._ending = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    @property
    def open(self) -> int:
        """Accepted texts that have not reached the provider."""
        return self.tally.accepted - self._landed

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """No new texts; those that were begun are sent again until they are accepted."""
        self._last = time.monotonic() + PATIENCE_SECONDS
        self._ending.set()
        self._thread.join()
        self._pen.close()

    async def _run(self) -> None:
        limit = aiohttp.ClientTimeout(total=CALL_SECONDS)
        async with aiohttp.ClientSession(timeout=limit) as web, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            tasks.create_task(self._text_us(web))
            for _ in range(self.demand.clients):
                tasks.create_task(self._client(web))

    async def _watch(self) -> None:
        """Count what the provider got."""
        while not self._ending.is_set():
            lines = await asyncio.to_thread(self._provider.read)
            ours = (line for line in lines if line.get("kind") == "send")
            self._landed += sum(1 for line in ours if line["text"].startswith(self.label))
            await asyncio.sleep(0.1)

    async def _text_us(self, web: aiohttp.ClientSession) -> None:
        """People text the hooked accounts' phones; the provider's log says which arrived there."""
        while self.hooked and not self._ending.is_set():
            number = next(self._inbound)
            world = self.hooked[number % len(self.hooked)]
            url = f"{world.stack.sandbox.url}/_control/accounts/{world.pairfon_key}/inbound"
            given = {"phone": "+14155550123", "message": f"{self.label} in {number:05d}"}
            # The sandbox may close a kept connection just as the next post takes it.
            async with web.post(url, json=given, headers={"Connection": "close"}) as answer:
                answer.raise_for_status()
            self.tally.inbound += 1
            await asyncio.sleep(1 / self.demand.inbound_rate)

    async def _client(self, web: aiohttp.ClientSession) -> None:
        while True:
            await self._pace()
            if self._ending.is_set():
                return
            number = next(self._numbers)
            world = self.worlds[number % len(self.worlds)]
            if self._random.random() < self.demand.bad_share:
                await self._misbehave(web, world, self._random.choice(BAD_INPUTS))
            await self._persist(web, world, number)

    async def _pace(self) -> None:
        now = time.monotonic()
        self._next = max(now, self._next + 1 / self.demand.rate)
        await asyncio.sleep(self._next - now)
        while self.open >= self.demand.most_open:
            if self._ending.is_set():
                return
            await asyncio.sleep(0.05)

    async def _persist(self, web: aiohttp.ClientSession, world: World, number: int) -> None:
        """The same text under the same key until a 2xx; noted in our file before anything else."""
        text = f"{self.label} {number:06d}"
        body = {"phone": f"+1415555{number % 10_000:04d}", "message": text}
        headers = {"Idempotency-Key": f"key of {text}"}
        while time.monotonic() < self._last:
            answer, reply = await self._post(web, world, headers, json=body)
            if 200 <= answer.status < 300:
                self._pen.write(at=time.time(), text=text, job=reply["id"], world=world.name)
                self.tally.accepted += 1
                return
            if answer.status not in (0, 429, 503):
                self.tally.wrong.append(f"{text}: {answer.status} {reply.get('detail', '')}")
            if answer.status not in (0, 429, 500, 502, 503):
                return
            await asyncio.sleep(RETRY_SECONDS * self._random.uniform(0.5, 1.5))

    async def _misbehave(self, web: aiohttp.ClientSession, world: World, bad: BadInput) -> None:
        headers = {"Content-Type": "application/json", **bad.headers}
        answer, _ = await self._post(web, world, headers, data=bad.body)
        if answer.status in (0, 503, 429):
            return
        self.tally.bad += 1
        if answer.status not in bad.statuses:
            self.tally.wrong.append(f"bad input ({bad.name}): {answer.status}")

    async def _post(
        self, web: aiohttp.ClientSession, world: World, headers: dict[str, str], **body: Any
    ) -> tuple[Exchange, dict[str, Any]]:
        url, at = f"{world.stack.url}/v1/actions/send-sms", time.time()
        own = {"Authorization": f"Bearer {world.key}", **headers}
        status, retry_after = 0, ""
        reply: Any = None
        try:
            async with web.post(url, headers=own, **body) as answer:
                reply = await answer.json(content_type=None)
                status, retry_after = answer.status, answer.headers.get("Retry-After", "")
                self.tally.replayed += "Idempotency-Replayed" in answer.headers
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            status = 0
        seen = Exchange(at=at, took=time.time() - at, status=status, retry_after=retry_after)
        self.tally.exchanges.append(seen)
        self.tally.statuses[status] += 1
        return seen, reply if isinstance(reply, dict) else {}
