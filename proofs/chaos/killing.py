"""The kill loop: who is struck, how and when; every choice comes from the seed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from proofs.chaos.arena import Arena

TREE_SHARE = 0.7
"""Of the kills of a whole service; the rest take only the parent."""
CHILD_SHARE = 0.15


@dataclass(frozen=True, kw_only=True)
class Strike:
    at: float
    name: str
    how: str


class Killer:
    """Strikes processes of an arena and starts again what died, at once."""

    def __init__(self, arena: Arena, seed: int) -> None:
        self.arena = arena
        self.random = random.Random(seed)
        self.strikes: list[Strike] = []

    @property
    def kills(self) -> int:
        return sum(1 for each in self.strikes if each.how in ("tree", "parent", "child"))

    @property
    def last(self) -> float:
        """When the last blow fell or the last stopped process went on (Unix seconds)."""
        return max([self.arena.woke, *(each.at for each in self.strikes)])

    def counts(self) -> Counter[str]:
        return Counter(f"{each.name.partition('-')[0]} {each.how}" for each in self.strikes)

    def kill(self, name: str, how: str) -> None:
        """SIGKILL the tree, the parent or one child; what died is started again."""
        if how == "child":
            how = self._kill_child(name)
        if how != "child":
            self.arena.kill(name, tree=how == "tree")
            self._note(name, how)
            self.arena.start(name)

    def any_way(self, names: tuple[str, ...]) -> None:
        """Kill one of `names` in one of the three ways, unless it is stopped just now."""
        awake = [each for each in names if each not in self.arena.asleep]
        if not awake:
            return
        name = self.random.choice(awake)
        if self.random.random() < CHILD_SHARE:
            self.kill(name, "child")
        else:
            self.kill(name, "tree" if self.random.random() < TREE_SHARE else "parent")

    def stop_for(self, name: str, seconds: float) -> None:
        """SIGSTOP; `arena.tend` sends SIGCONT. One at a time, so that somebody works."""
        if not self.arena.asleep:
            self.arena.nap(name, seconds)
            self._note(name, "stop")

    def wait(self, seconds: float) -> None:
        """Let time pass while the arena is tended."""
        end = time.monotonic() + seconds
        while True:
            self.arena.tend()
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.1))

    def wait_until(self, condition: Callable[[], bool], limit: float) -> bool:
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if condition():
                return True
            self.wait(0.05)
        return condition()

    def calm(self) -> None:
        """Wait until nothing is stopped any more."""
        self.wait_until(lambda: not self.arena.asleep, 60)

    def _kill_child(self, name: str) -> str:
        """What was killed: a process that has no child yet is killed with its tree."""
        try:
            children = self.arena.children(name)
            self.random.choice(children).kill()
        except (psutil.Error, IndexError):
            return "tree"
        self._note(name, "child")
        return "child"

    def _note(self, name: str, how: str) -> None:
        self.strikes.append(Strike(at=time.time(), name=name, how=how))
