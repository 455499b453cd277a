"""Places: so many threads and no more, and none is lost to what it was given to do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from integration.runtime.places import Places

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


def test_work_that_raises_gives_its_place_back(held: Held) -> None:
    for _ in range(3 * MOST):
        assert held.places.wait(HOURS)
        held.places.take(lambda: 1 / 0)  # type: ignore[arg-type]  # raises
    assert held.places.wait_for_all(HOURS)


def test_what_the_system_gave_no_thread_is_done_by_the_next_one(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    held.go.set()
    with monkeypatch.context() as scarce:
        scarce.setattr(threading.Thread, "start", refuses)
        held.take()
    assert (held.threads, held.places.taken) == ([], 1)
    held.take()
    assert held.places.wait_for_all(HOURS)
    assert len(held.threads) == 2


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
