"""The count behind every quota: no stretch of time holds more than the limit, edge or no edge."""

from __future__ import annotations

import random
import secrets
import time
from contextlib import closing
from typing import Any

import pytest

from integration.accounts.gate import REFUSE
from integration.store import keys
from proofs.rig.stack import Stack

MINUTE = 60_000
LENGTH = 600
"""Milliseconds in which so many calls may be made."""


def share(at: int, calls: int) -> bytes:
    """As the script keeps it."""
    return at.to_bytes(6, "big") + calls.to_bytes(4, "big")


class Counted:
    """Calls against one limit, each with the server's own time before and after it."""

    def __init__(self, stack: Stack, limit: int, length: int = LENGTH) -> None:
        self.length, self.stack = length, stack
        self.db, self.limit, self.key = stack.db, limit, keys.quota(secrets.token_hex(8))
        self.passed: list[tuple[float, float]] = []
        self.left = 0

    def call(self) -> bool:
        self.before = self.time()
        count, self.left = REFUSE(failures=self.key, limit=self.limit, length=self.length).run(
            self.db
        )
        if count <= self.limit:
            self.passed.append((self.before, self.time()))
        return bool(count <= self.limit)

    def time(self) -> float:
        """In milliseconds. The server may stand still between it and a call."""
        seconds, micro = self.db.time()
        return float(seconds * 1000 + micro / 1000)

    def pause(self, milliseconds: int) -> None:
        """As if all of its calls had been made so much earlier."""
        with closing(self.stack.raw()) as raw:
            kept: Any = raw.get(self.key)
            shares = [kept[at : at + 10] for at in range(0, len(kept), 10)]
            moved = [int.from_bytes(each[:6], "big") - milliseconds for each in shares]
            both = zip(moved, shares, strict=True)
            raw.set(self.key, b"".join(at.to_bytes(6, "big") + each[6:] for at, each in both))

    def lately(self) -> int:
        """How many of the calls may still count at the last one."""
        return sum(after > self.before - LENGTH for _, after in self.passed)


@pytest.mark.parametrize("limit", [1, 20, 61, 150])
def test_no_stretch_holds_more_than_the_limit_and_hardly_one_call_below_it_is_refused(
    stack: Stack, limit: int
) -> None:
    chance, counted, refused = random.Random(limit), Counted(stack, limit), 0
    share = -(-limit // 60)
    ends = time.monotonic() + 5 * LENGTH / 1000
    while time.monotonic() < ends or not refused:
        for _ in range(chance.randint(1, limit)):
            if not counted.call():
                refused += 1
                assert counted.lately() > limit - share
                assert 0 < counted.left <= LENGTH
        time.sleep(chance.random() * LENGTH / 3000)
    # A millisecond for rounding.
    for (first, _), (_, past) in zip(counted.passed, counted.passed[limit:], strict=False):
        assert past - first >= LENGTH - 1


def test_after_a_pause_the_whole_limit_is_free_again(stack: Stack) -> None:
    counted = Counted(stack, 150, MINUTE)
    for _ in range(2):
        assert [counted.call() for _ in range(151)] == [True] * 150 + [False]
        counted.pause(MINUTE)


def test_a_clock_that_was_set_back_shuts_nobody_out(stack: Stack) -> None:
    counted = Counted(stack, 20)
    assert all(counted.call() for _ in range(20))
    stack.db.delete(counted.key)
    hour = int(counted.time()) + 3_600_000
    shares = [share(hour + each, 1) for each in range(20)]
    stack.db.set(counted.key, b"".join(shares))
    assert counted.call()


def test_a_key_costs_little_whatever_its_limit_is(stack: Stack) -> None:
    counted = Counted(stack, 1_200, 3_600_000)
    assert [counted.call() for _ in range(1_201)] == [True] * 1_200 + [False]
    assert stack.db.strlen(counted.key) == 60 * len(share(0, 0))
    assert (stack.db.memory_usage(counted.key) or 4_000) < 4_000
    assert 0 < stack.db.pttl(counted.key) <= counted.length
