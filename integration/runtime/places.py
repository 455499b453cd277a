"""Places: a bounded number of threads, each of which does one piece of work at a time.

A thread is started when all others work, and ends when it had nothing to do for a while. Waiting
for a provider costs a thread little more than the part of its stack that it has used.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

log = logging.getLogger(__name__)
IDLE_SECONDS = 10.0
STACK_BYTES = 1024 * 1024
"""Room for the deepest JSON that Python's parser reads. It is less than a huge page of the kernel,
which would give each larger stack one in memory."""
Work = Callable[[], None]
Seat = SimpleQueue[Work]
"""One idle thread, and the work that it is given."""


class Places:
    """What it is given to do should raise nothing; what it raises ends one thread at most."""

    def __init__(self, most: int) -> None:
        self.most, self.taken = most, 0
        self._changed = threading.Condition()
        self._idle: list[Seat] = []
        threading.stack_size(STACK_BYTES)

    @property
    def free(self) -> bool:
        return self.taken < self.most

    def wait(self, seconds: float) -> bool:
        """Whether a place is free, after `seconds` at the latest."""
        with self._changed:
            return self._changed.wait_for(lambda: self.free, seconds)

    def wait_for_all(self, seconds: float) -> bool:
        """Whether all work is done, after `seconds` at the latest."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.taken, seconds)

    def take(self, work: Work) -> None:
        """Have it done in a free place. Where the system gives no thread, the caller does it."""
        with self._changed:
            self.taken += 1
            # The one that worked last: the others come to their end.
            seat = self._idle.pop() if self._idle else None
        if seat:
            seat.put(work)
            return
        try:
            threading.Thread(target=self._serve, args=(work,), daemon=True).start()
        except RuntimeError:
            log.warning("the system gives no thread; the work goes on one by one")
            self._do(work)

    def _serve(self, work: Work | None) -> None:
        seat: Seat = SimpleQueue()
        while work:
            self._do(work)
            work = self._next(seat)

    def _do(self, work: Work) -> None:
        try:
            work()
        finally:
            with self._changed:
                self.taken -= 1
                self._changed.notify_all()

    def _next(self, seat: Seat) -> Work | None:
        with self._changed:
            self._idle.append(seat)
        try:
            return seat.get(timeout=IDLE_SECONDS)
        except Empty:
            with self._changed:
                if seat in self._idle:
                    self._idle.remove(seat)
                    return None
            return seat.get()
