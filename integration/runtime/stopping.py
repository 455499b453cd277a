"""The running process: its services, for code that RQ calls by name, and its wish to stop."""

from __future__ import annotations

import contextlib
import math
import os
import select
import time

from integration.services import Services


class Wish:
    """Whether the process was asked to end; long-lived loops look at it every second.

    A signal's handler sets it, so nothing here takes a lock: threading.Event does, and a second
    signal within the first one's handler, or one that strikes while its own thread waits, would
    leave the process hanging for ever.
    """

    def __init__(self) -> None:
        self._asked_at = math.inf
        self._ear, self._mouth = _pipe()
        os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        """A child has a wish of its own: through a common pipe one would end all others."""
        for each in (self._ear, self._mouth):
            os.close(each)
        self._asked_at = math.inf
        self._ear, self._mouth = _pipe()

    def set(self) -> None:
        self._asked_at = min(self._asked_at, time.monotonic())
        # A full pipe says what has to be said.
        with contextlib.suppress(BlockingIOError):
            os.write(self._mouth, b"!")

    def is_set(self) -> bool:
        return self._asked_at < math.inf

    def wait(self, seconds: float) -> bool:
        """Return after so long, or as soon as the process is asked; whether it is by then."""
        if not self.is_set():
            ear = select.poll()
            ear.register(self._ear, select.POLLIN)
            ear.poll(max(0.0, seconds) * 1000)
        return self.is_set()

    def over(self, seconds: float) -> bool:
        """Whether the process was asked longer ago than this."""
        return time.monotonic() > self._asked_at + seconds


def _pipe() -> tuple[int, int]:
    ear, mouth = os.pipe()
    os.set_blocking(mouth, False)
    return ear, mouth


stopping = Wish()
_current: list[Services] = []


def use(services: Services) -> None:
    """Called once by a composition root."""
    _current[:] = [services]


def services() -> Services:
    return _current[0]
