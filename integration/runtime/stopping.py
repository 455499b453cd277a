"""The running process: its services, for code that RQ calls by name, and its stop signal."""

import contextlib
import math
import os
import select
import signal
import time

from integration.services import Services


class StopSignal:
    """Whether the process was asked to stop; long-lived loops check it every second.

    A signal handler sets it, so no method takes a lock. With the lock of threading.Event a second
    signal, during the first handler or during a wait in the same thread, would block the process.
    """

    def __init__(self) -> None:
        self._asked_at = math.inf
        self._reader, self._writer = _pipe()
        os.register_at_fork(after_in_child=self._after_fork)

    def _after_fork(self) -> None:
        """A child gets a pipe of its own: through a shared one, one stop would stop all."""
        for each in (self._reader, self._writer):
            os.close(each)
        self._asked_at = math.inf
        self._reader, self._writer = _pipe()

    def set(self) -> None:
        self._asked_at = min(self._asked_at, time.monotonic())
        # A full pipe already wakes the waiter.
        with contextlib.suppress(BlockingIOError):
            os.write(self._writer, b"!")

    def is_set(self) -> bool:
        return self._asked_at < math.inf

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the process is asked to stop; returns whether it was asked."""
        if not self.is_set():
            poll = select.poll()
            poll.register(self._reader, select.POLLIN)
            poll.poll(max(0.0, seconds) * 1000)
        return self.is_set()

    def over(self, seconds: float) -> bool:
        """Whether the process was asked to stop more than `seconds` ago."""
        return time.monotonic() > self._asked_at + seconds


def _pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    return reader, writer


stopping = StopSignal()


def heed_signals() -> None:
    """Only note them, however often they come: what works looks at them by itself."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())


_current: list[Services] = []


def use(services: Services) -> None:
    """Remember the services of this process; each entry point calls this once."""
    _current[:] = [services]


def services() -> Services:
    return _current[0]
