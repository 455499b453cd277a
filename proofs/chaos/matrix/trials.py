"""The trials: what is done to accounts of one provider, and what its result must be."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections import Counter
from typing import Any, ClassVar

from proofs.chaos.arena import Arena
from proofs.chaos.campaign import Closing
from proofs.chaos.matrix.kits import Kit
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

SLOWEST_SECONDS = 5.0
PROBE_SECONDS = 10.0
INBOUND_SECONDS = 120.0
MOST_POLLED, MOST_STORIES = 100, 3
LOST: tuple[dict[str, Any], ...] = (
    {"kind": "cut_after"},
    {"kind": "cut_before"},
    {"kind": "hang", "effect": True, "times": 2},
    {"kind": "status", "code": 502, "effect": True},
    {"kind": "status", "code": 502},
    {"kind": "garbage", "effect": True},
)
"""Each of them leaves open whether the text went out."""
LIMITED: dict[str, Any] = {
    "kind": "status",
    "code": 429,
    "headers": {"Retry-After": "1"},
    "times": 3,
}
CHANNELS: tuple[dict[str, Any], ...] = ({}, {"webhook_times": 2}, {"list": False})
LIST_ALONE = {"webhook": False}


class Trial(Scene):
    """`begin` sets it going, `wait` sees to what takes its time, `judged` gives the result."""

    title: ClassVar[str]
    needs: ClassVar[str] = "provider"
    """What a kit must have."""

    def __init__(self, arena: Arena, kit: Kit, seed: int, size: int) -> None:
        super().__init__(arena, f"{type(self).__name__} {kit.name}", seed)
        self.kit, self.size = kit, size
        self.misses: list[str] = []
        self.stories: list[str] = []
        self.told = ""

    @classmethod
    def concerns(cls, kit: Kit) -> bool:
        """Whether a provider of this kind can be tried so."""
        return bool(getattr(kit, cls.needs))

    @abstractmethod
    def begin(self) -> None: ...

    def wait(self) -> None:
        """By default nothing takes its time but what every trial's jobs do."""

    @abstractmethod
    def measured(self, closing: Closing) -> str: ...

    def account(self, *, healthy: bool = False, **settings: Any) -> World:
        world = self.arena.workspace()
        self.connection = self.kit.connect(world)
        if settings:
            world.control("PUT", "settings", settings)
        self.worlds.append(world)
        self.healthy += [world] if healthy else []
        return world

    def strike(self, world: World, fault: dict[str, Any]) -> None:
        """Let the next `times` sends of an account meet this fault, by default all of them."""
        more = {name: value for name, value in fault.items() if name != "kind"}
        self.fault(world, fault["kind"], self.kit.send, **more)

    def send_all(self, world: World) -> list[str]:
        return [self.send(world) for _ in range(self.size)]

    def want(self, reached: bool, otherwise: str) -> None:
        self.misses += [] if reached else [otherwise]

    def unknown(self, closing: Closing) -> int:
        """How many texts ended so; none may where the provider can settle a lost answer."""
        count = len(closing.verdict.unknown)
        self.want(not (count and self.kit.settles), f"{count} unknown")
        return count

    def judged(self) -> str:
        """What was measured; `misses` has the goals that were not reached."""
        closing = self.close(leaps=0)
        verdict, self.stories = closing.verdict, closing.stories(MOST_STORIES)
        counts = {
            "lost": len(verdict.lost),
            "sent twice": len(verdict.twice),
            "never settled": len(closing.open_jobs),
            "astray": len(verdict.astray),
            "under two ids": len(verdict.split),
        }
        for what, count in counts.items():
            self.want(not count, f"{count} {what}")
        self.want(not closing.wrong, "; ".join(closing.wrong[:2]))
        return self.measured(closing)


class LostAnswers(Trial):
    title = "lost answers (W2, F7)"

    def begin(self) -> None:
        for each in LOST:
            world = self.account()
            self.strike(world, {"times": self.size, **each})
            self.send_all(world)

    def measured(self, closing: Closing) -> str:
        return f"{closing.verdict.accepted} texts, {self.unknown(closing)} unknown"


class SilentAccount(Trial):
    title = "a silent account beside it (W1)"

    def begin(self) -> None:
        self.silent_one = self.account()
        self.account(healthy=True)
        self.strike(self.silent_one, {"kind": "hang"})
        self.send_all(self.silent_one)

    def wait(self) -> None:
        self.slowest_seconds = self.probe(PROBE_SECONDS)
        self.silent_one.control("DELETE", "faults")

    def measured(self, closing: Closing) -> str:
        late = self.slowest_seconds
        self.want(late <= SLOWEST_SECONDS * self.arena.slack, f"slowest {late:.1f} s")
        unknown = self.unknown(closing)
        return f"{closing.verdict.accepted} texts, slowest {late:.1f} s, {unknown} unknown"


class UsedUpLimit(Trial):
    title = "a used-up limit (W3)"

    def begin(self) -> None:
        world = self.account()
        self.strike(world, LIMITED)
        self.send_all(world)

    def measured(self, closing: Closing) -> str:
        unknown = len(closing.verdict.unknown)
        self.want(not unknown, f"{unknown} unknown")
        return f"{closing.verdict.accepted} texts"


class Refusals(Trial):
    title = "refusals (W15)"

    def begin(self) -> None:
        """Not promised to the judge: such a text must never be sent."""
        self.world = self.account()
        self.strike(self.world, {"kind": "status", "code": 400})
        for _ in range(self.size):
            assert self.world.send(message=self.name()).ok

    def measured(self, closing: Closing) -> str:
        ends = Counter(each.status for each in closing.jobs)
        self.want(set(ends) == {"failed"}, f"refused texts ended {dict(ends)}")
        return f"{ends['failed']} failed"


class Inbound(Trial):
    title = "texts in (W9)"
    needs = "has_inbound"

    def begin(self) -> None:
        self.world = self.account()
        self.hook(self.world)
        self.kit.await_webhooks(self.world, self.connection)
        channels = (*CHANNELS, *([LIST_ALONE] if self.kit.has_list else []))
        self.texts = [text for each in channels for text in self.receive_one_way(each)]

    def receive_one_way(self, channel: dict[str, Any]) -> list[str]:
        return self.receive(self.world, self.size, **channel)

    def wait(self) -> None:
        missing = self.await_posts(self.path(self.world), self.texts, INBOUND_SECONDS)
        self.want(not missing, f"{len(missing)} missing")
        given = Counter(each["message"] for each in self.world.inbox(limit=MOST_POLLED))
        again = sum(count - 1 for count in given.values())
        self.want(not again, f"{again} given twice to a poll")
        self.want(len(given) == len(self.texts), f"a poll gives {len(given)}")

    def measured(self, closing: Closing) -> str:
        return f"{closing.verdict.inbound} texts"


class Receipts(Trial):
    title = "receipts"
    needs = "has_receipts"

    def begin(self) -> None:
        """Some providers call an account that only sends from its first text on."""
        self.world = self.account()
        if getattr(self.kit.kind, "brings_receipts", False):
            self.world.send(message=self.name())
            self.kit.await_webhooks(self.world, self.connection)
        self.texts = self.send_all(self.world)

    def wait(self) -> None:
        end = time.monotonic() + INBOUND_SECONDS
        while self._undelivered() and time.monotonic() < end:
            time.sleep(0.5)
        self.late = self._undelivered()

    def _undelivered(self) -> int:
        jobs = [each for each in self.jobs(self.world) if each.text in self.texts]
        return sum(each.status != "delivered" for each in jobs)

    def measured(self, closing: Closing) -> str:
        self.want(not self.late, f"{self.late} not delivered")
        return f"{closing.verdict.accepted} delivered"


TRIALS: tuple[type[Trial], ...] = (
    LostAnswers,
    SilentAccount,
    UsedUpLimit,
    Refusals,
    Inbound,
    Receipts,
)
