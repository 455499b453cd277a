"""Endings: wakes the callers of this process that wait for jobs, over one connection for all.

finish.lua names each job that somebody waits for in one stream. One thread (a greenlet in the web
process) reads it while anybody waits. A name can be missed, as when the store fails over or a
worker of an older release ends the job. So the thread also looks at those jobs each second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from redis.exceptions import RedisError

from integration.jobs.record import SETTLED
from integration.services import Services
from integration.store import client, damaged, keys
from integration.store.client import TextStore

log = logging.getLogger(__name__)
PORTION = 1_000
"""Names that are read at once."""
STORE_SECONDS = 0.5


class Endings:
    """The waiting callers of one process, by job."""

    def __init__(self, db: TextStore) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._waiting: dict[str, set[threading.Event]] = {}
        self._reads = False

    @contextmanager
    def watched(self, job_id: str) -> Iterator[threading.Event]:
        """An event that is set when the job ends from now on."""
        ended = threading.Event()
        with self._lock:
            self._waiting.setdefault(job_id, set()).add(ended)
            begins, self._reads = not self._reads, True
        if begins:
            threading.Thread(target=self._read, name="endings", daemon=True).start()
        try:
            yield ended
        finally:
            with self._lock:
                self._waiting[job_id].discard(ended)
                if not self._waiting[job_id]:
                    del self._waiting[job_id]

    def _read(self) -> None:
        """Read until nobody waits any more."""
        last = ""
        while waiting := self._jobs():
            try:
                # Its place in the stream first: what ends while it looks is then read.
                last = last or self._newest()
                self._look(waiting)
                last = self._follow(last, time.monotonic() + client.BLOCK_SECONDS)
            except (RedisError, *damaged.NONSENSE) as error:
                log.warning("cannot follow the ends of jobs: %s", type(error).__name__)
                last = ""
                time.sleep(STORE_SECONDS)

    def _jobs(self) -> list[str]:
        """The jobs that callers wait for. While nobody waits, no thread reads."""
        with self._lock:
            self._reads = bool(self._waiting)
            return list(self._waiting)

    def _newest(self) -> str:
        newest = self._db.xrevrange(keys.ENDED, count=1)
        return str(newest[0][0]) if newest else "0"

    def _look(self, waiting: Sequence[str]) -> None:
        """Wake those whose job has ended, or is gone, without our reading of it."""
        with self._db.pipeline(transaction=False) as pipe:
            for job_id in waiting:
                pipe.hget(keys.job(job_id), "status")
            found = pipe.execute(raise_on_error=False)
        for job_id, status in zip(waiting, found, strict=True):
            if status is None or status in SETTLED:
                self._wake(job_id)

    def _follow(self, last: str, until: float) -> str:
        """Read on from the entry `last` until then; returns the last entry that was read."""
        while (left := until - time.monotonic()) > 0:
            block = max(1, int(left * 1000))
            for _, entries in self._db.xread({keys.ENDED: last}, PORTION, block):
                for _, entry in entries:
                    self._wake(entry.get("job", ""))
                last = entries[-1][0]
        return last

    def _wake(self, job_id: str) -> None:
        with self._lock:
            for ended in self._waiting.get(job_id, ()):
                ended.set()


def of(services: Services) -> Endings:
    """Those of this process."""
    found = services.endings.setdefault("", Endings(services.signals))
    assert isinstance(found, Endings)
    return found
