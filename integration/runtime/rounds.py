"""Rounds: what comes up again for each of many subjects, on threads; one that hangs holds up none.

A subject is a connection, a workspace or the store. It has one thread at most. Subjects that
were slow the last time get a part of the threads only, so that the others always find one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

THREADS = 96
"""Most subjects served at once. A thread is started when it is needed first."""
SLOW_THREADS = 32
"""Most slow subjects served at once."""
SLOW_SECONDS = 2.0


class Subject(NamedTuple):
    kind: str
    id: str


class Rounds:
    """`serve` does what is due for a subject, and returns when it is due next (ms)."""

    def __init__(self, serve: Callable[[Subject], int]) -> None:
        self._serve = serve
        self._pool = ThreadPoolExecutor(THREADS)
        self._due: dict[Subject, int] = {}
        self._flying: dict[Subject, Future[None]] = {}
        self._slow: set[Subject] = set()

    def keep(self, subjects: Iterable[Subject]) -> None:
        """Serve these and no others; new ones are due now."""
        self._due = {each: self._due.get(each, 0) for each in subjects}
        self._slow &= self._due.keys()

    def hurry(self, subject: Subject) -> None:
        if subject in self._due:
            self._due[subject] = 0

    def turn(self, now: int) -> None:
        """Begin what is due, and wait for nothing. Raises what a subject's service raised."""
        for subject in [each for each, flight in self._flying.items() if flight.done()]:
            self._flying.pop(subject).result()
        due = [each for each, at in self._due.items() if at <= now and each not in self._flying]
        for subject in sorted(due, key=self._urgency):
            if self._has_room(subject):
                self._flying[subject] = self._pool.submit(self._fly, subject)

    def end(self) -> None:
        """Wait for what runs, and begin nothing more."""
        self._pool.shutdown(cancel_futures=True)

    def _urgency(self, subject: Subject) -> tuple[bool, int]:
        return subject in self._slow, self._due[subject]

    def _has_room(self, subject: Subject) -> bool:
        slow = subject in self._slow and len(self._slow & self._flying.keys()) >= SLOW_THREADS
        return not slow and len(self._flying) < THREADS

    def _fly(self, subject: Subject) -> None:
        began = time.monotonic()
        due = self._serve(subject)
        (self._slow.add if time.monotonic() - began > SLOW_SECONDS else self._slow.discard)(subject)
        if subject in self._due:
            self._due[subject] = due
