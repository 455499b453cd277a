"""Rounds: subjects that hang keep their own thread and hold up nobody else."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from integration import scheduler
from integration.scheduler import Rounds, Subject
from proofs.rig.sandbox import until

GOOD = Subject("connection", "good")


class Served:
    """Counts who was served; those whose id begins with `hangs` end when they are let go."""

    def __init__(self) -> None:
        self.counts: Counter[Subject] = Counter()
        self.now = itertools.count(1)
        self.go = threading.Event()
        self.rounds = Rounds(self.serve)

    def serve(self, subject: Subject) -> int:
        self.counts[subject] += 1
        if subject.id.startswith("hangs"):
            self.go.wait()
        return next(self.now)

    def turned(self, subject: Subject, count: int) -> bool:
        self.rounds.turn(next(self.now))
        return self.counts[subject] >= count


@pytest.fixture
def served() -> Iterator[Served]:
    found = Served()
    yield found
    found.go.set()
    found.rounds.end()


def hanging(count: int) -> list[Subject]:
    return [Subject("connection", f"hangs {number}") for number in range(count)]


def test_a_subject_is_served_again_and_again_while_fifty_hang(served: Served) -> None:
    served.rounds.keep([*hanging(50), GOOD])
    until(lambda: served.turned(GOOD, 20), "twenty rounds of the one that does not hang")
    assert all(served.counts[each] == 1 for each in hanging(50))


def test_those_that_were_slow_get_a_part_of_the_threads(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "SLOW_SECONDS", -1.0)
    every = hanging(scheduler.THREADS * 2)
    served.go.set()
    served.rounds.keep(every)
    until(lambda: all(served.turned(each, 1) for each in every), "each of them was slow once")
    served.go.clear()
    monkeypatch.undo()
    served.rounds.keep([*every, GOOD])
    until(lambda: served.turned(GOOD, 40), "rounds while the others hang")


def test_what_is_kept_no_more_is_served_no_more(served: Served) -> None:
    other = Subject("workspace", "gone")
    served.rounds.keep([GOOD, other])
    until(lambda: served.turned(other, 1), "a first round")
    served.rounds.keep([GOOD])
    at = served.counts[GOOD]
    until(lambda: served.turned(GOOD, at + 2), "what had begun ended")
    before = served.counts[other]
    until(lambda: served.turned(GOOD, at + 7), "more rounds")
    assert served.counts[other] == before


def test_a_bug_in_a_service_ends_the_rounds() -> None:
    def broken(_: Subject) -> int:
        raise AssertionError("a bug")

    own = Rounds(broken)
    own.keep([GOOD])
    own.turn(1)
    with pytest.raises(AssertionError):
        until(lambda: own.turn(1), "the bug")
    own.end()


def test_a_system_that_gives_no_thread_stops_no_round(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    served.rounds.keep([GOOD])
    with monkeypatch.context() as few:
        few.setattr(threading.Thread, "start", refuse)
        assert not served.turned(GOOD, 1)
        assert not served.turned(GOOD, 1)
    other = Subject("connection", "other")
    served.rounds.keep([GOOD, other])
    until(lambda: served.turned(GOOD, 1), "the round that waited for a thread")
    until(lambda: served.turned(other, 2), "those that came after it")
