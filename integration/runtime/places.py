"""Places: a bounded number of threads, each of which does one piece of work at a time.

A thread is started when all others work. Waiting for a provider costs it little more than the part
of its stack that it has used.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)
STACK_BYTES = 1024 * 1024
"""Room for the deepest JSON that Python's parser reads. It is less than a huge page of the kernel,
which would give each larger stack one in memory."""
Work = Callable[[], None]


class Places:
    """What it is given to do must raise nothing: nobody would hear of it."""

    def __init__(self, most: int) -> None:
        self.most, self.taken = most, 0
        self._changed = threading.Condition()
        threading.stack_size(STACK_BYTES)
        self._threads = ThreadPoolExecutor(most)

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
        """Have it done in a free place; once a thread is free where the system gives no more."""
        with self._changed:
            self.taken += 1
        try:
            self._threads.submit(self._do, work)
        except RuntimeError:
            # It is in the queue of the threads all the same.
            log.warning("the system gives no thread; the work waits for one")

    def _do(self, work: Work) -> None:
        try:
            work()
        finally:
            with self._changed:
                self.taken -= 1
                self._changed.notify_all()
