"""The common time: no clock step moves it, and the process that counted furthest sets it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count

import pytest
from redis.exceptions import TimeoutError

from integration.cli import main
from integration.services import Services
from integration.store import clock, keys
from tests.slow_clock import slow_clock

HOUR_MS = 3_600_000
MOMENT_MS = 60_000
"""Far more than any step of these tests takes, and far less than what is looked for."""


@pytest.fixture(autouse=True)
def stranger() -> Iterator[None]:
    """A process that has agreed with nobody yet, and one that leaves no trace."""
    clock.forget()
    with slow_clock():
        yield
    clock.forget()


def near(milliseconds: int, other: int) -> bool:
    return abs(milliseconds - other) < MOMENT_MS


def test_without_a_store_it_is_the_machines_own_time() -> None:
    own = int(time.time() * 1000)
    assert near(clock.now_ms(), own)
    assert near(clock.wall_ms(), own)


@pytest.mark.parametrize("step", [HOUR_MS, -HOUR_MS])
def test_a_step_of_the_stores_clock_moves_the_wall_and_not_the_time(
    own: Services, step: int
) -> None:
    clock.agree(own.db)
    before = clock.now_ms()
    # As if its clock had shown something else a moment ago.
    own.db.hincrby(keys.CLOCK, "wall", -step)
    clock.agree(own.db)
    assert 0 <= clock.now_ms() - before < MOMENT_MS
    assert near(clock.wall_ms(), int(time.time() * 1000))


def test_a_process_that_starts_after_a_step_takes_the_time_of_the_others(own: Services) -> None:
    clock.agree(own.db)
    own.db.hincrby(keys.CLOCK, "steady", HOUR_MS)
    clock.forget()
    clock.agree(own.db)
    assert near(clock.now_ms(), int(time.time() * 1000) + HOUR_MS)
    assert near(clock.as_wall(clock.now_ms()), int(time.time() * 1000))


def test_who_has_counted_furthest_is_believed_by_all(own: Services) -> None:
    clock.agree(own.db)
    own.db.hincrby(keys.CLOCK, "steady", HOUR_MS)
    clock.agree(own.db)
    ahead = clock.now_ms()
    assert near(ahead, int(time.time() * 1000) + HOUR_MS)
    own.db.hincrby(keys.CLOCK, "steady", -HOUR_MS)
    clock.agree(own.db)
    assert clock.now_ms() >= ahead


@pytest.mark.parametrize("gone_ms", [HOUR_MS, 5_000])
def test_where_nobody_has_been_for_a_while_time_went_on_without_us(
    own: Services, gone_ms: int
) -> None:
    clock.agree(own.db)
    for field in ("steady", "wall"):
        own.db.hincrby(keys.CLOCK, field, -gone_ms)
    clock.forget()
    clock.agree(own.db)
    assert near(clock.now_ms(), int(time.time() * 1000))
    assert clock.as_wall(0) == 0, "what was scheduled is due at its time"


def test_a_store_that_was_emptied_learns_the_time_again(own: Services) -> None:
    clock.agree(own.db)
    own.db.hincrby(keys.CLOCK, "steady", HOUR_MS)
    clock.agree(own.db)
    before = clock.now_ms()
    own.db.delete(keys.CLOCK)
    clock.agree(own.db)
    assert 0 <= clock.now_ms() - before < MOMENT_MS


STOPPED_MS = HOUR_MS


def stopped(monkeypatch: pytest.MonkeyPatch, *, at: int) -> None:
    """As if this process were stopped just before it looks at its clock for the `at`-th time."""
    real, looks = clock._monotonic_ms, count(1)
    monkeypatch.setattr(
        clock, "_monotonic_ms", lambda: real() + (STOPPED_MS if next(looks) >= at else 0)
    )


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_process_that_is_stopped_while_it_asks_keeps_the_time(
    own: Services, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    clock.agree(own.db)
    began = clock.now_ms()
    with monkeypatch.context() as patch:
        stopped(patch, at=at)
        clock.agree(own.db)
        stayed = clock.now_ms() - began
    assert STOPPED_MS <= stayed < STOPPED_MS + MOMENT_MS
    # The time that it gave the others is no more than that.
    assert int(own.db.hget(keys.CLOCK, "steady")) - began < STOPPED_MS + MOMENT_MS


def test_a_process_that_starts_and_is_stopped_while_it_asks_has_no_time_yet(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stopped(patch, at=2)
        with pytest.raises(TimeoutError):
            clock.agree(own.db)
    assert not clock.agreed()
    clock.agree(own.db)
    assert clock.agreed()


@pytest.mark.parametrize(
    "nonsense",
    ["text", {"steady": "much", "wall": "late"}, {"steady": "much"}, {"wall": "late"}],
)
def test_a_damaged_time_is_replaced(own: Services, nonsense: str | dict[str, str]) -> None:
    own.db.delete(keys.CLOCK)
    if isinstance(nonsense, str):
        own.db.set(keys.CLOCK, nonsense)
    else:
        own.db.hset(keys.CLOCK, mapping=nonsense)
    clock.agree(own.db)
    assert near(clock.now_ms(), int(time.time() * 1000))


def test_a_store_that_answers_late_is_not_asked_at_every_call(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.agree(own.db)
    real = clock._monotonic_ms
    monkeypatch.setattr(clock, "_monotonic_ms", lambda: real() + HOUR_MS)
    with monkeypatch.context() as patch:
        later = count(1)
        patch.setattr(clock, "_monotonic_ms", lambda: real() + HOUR_MS + 500 * next(later))
        clock.keep(own.db)
    own.db.delete(keys.CLOCK)
    clock.keep(own.db)
    assert not own.db.exists(keys.CLOCK)


def test_a_command_takes_the_time_of_the_others(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.agree(own.db)
    own.db.hincrby(keys.CLOCK, "steady", HOUR_MS)
    clock.forget()
    made = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": own.settings.secret_key}
    monkeypatch.setattr("os.environ", made)
    assert main.main(["keys", "list"]) == 0
    assert near(clock.now_ms(), int(time.time() * 1000) + HOUR_MS)
