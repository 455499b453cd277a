"""Places: so many threads and no more, and none is lost to what it was given to do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from integration.runtime import places
from integration.runtime.places import Places
from proofs.rig.sandbox import until

MOST = 4
HOURS = 3600.0


class Held:
    """Work that ends when it is let go."""

    def __init__(self) -> None:
        self.places = Places(MOST)
        self.go = threading.Event()
        self.threads: list[int] = []

    def take(self) -> None:
        self.places.take(self.work)

    def work(self) -> None:
        self.threads.append(threading.get_ident())
        self.go.wait()

    def ended(self) -> None:
        self.go.set()
        assert self.places.wait_for_all(HOURS)


@pytest.fixture
def held() -> Iterator[Held]:
    made = Held()
    yield made
    made.ended()


def test_there_are_so_many_places_and_then_none(held: Held) -> None:
    for _ in range(MOST):
        assert held.places.wait(0)
        held.take()
    assert not held.places.wait(0)
    assert not held.places.wait_for_all(0.01)
    held.ended()
    assert held.places.free


def test_one_that_waits_for_a_place_gets_the_first_that_is_free(held: Held) -> None:
    for _ in range(MOST - 1):
        held.take()
    last = threading.Event()
    held.places.take(last.wait)  # type: ignore[arg-type]  # its answer is of no interest
    threading.Timer(0.1, last.set).start()
    assert held.places.wait(HOURS)
    assert held.places.taken == MOST - 1


def test_one_thread_does_all_that_comes_one_by_one(held: Held) -> None:
    held.go.set()
    for _ in range(20):
        held.take()
        assert held.places.wait_for_all(HOURS)
        until(lambda: len(held.places._idle) == 1, "the thread is idle again")
    assert len(set(held.threads)) == 1


def test_a_thread_without_work_ends(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "IDLE_SECONDS", 0.05)
    for _ in range(MOST):
        held.take()
    held.ended()
    until(lambda: not held.places._idle, "no idle thread left")
    held.take()
    assert held.places.wait_for_all(HOURS)


def test_work_that_ends_its_thread_gives_its_place_back(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[object] = []
    monkeypatch.setattr(threading, "excepthook", ended.append)
    for _ in range(3 * MOST):
        assert held.places.wait(HOURS)
        held.places.take(lambda: 1 / 0)  # type: ignore[arg-type]  # raises
    assert held.places.wait_for_all(HOURS)
    until(lambda: len(ended) == 3 * MOST, "each thread ended")


def test_without_a_thread_the_caller_does_the_work(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuses)
    held.go.set()
    held.take()
    assert (held.threads, held.places.taken) == ([threading.get_ident()], 0)


def test_the_stack_has_room_for_the_deepest_json(held: Held) -> None:
    """The parser stops at Python's limit of recursion; a smaller stack would end the process."""
    met: list[type] = []

    def parse() -> None:
        for text in ("[" * 200_000, '{"a":' * 200_000):
            try:
                json.loads(text)
            except RecursionError as error:
                met.append(type(error))

    held.places.take(parse)
    assert held.places.wait_for_all(HOURS)
    assert met == [RecursionError] * 2
