"""Wait: hold a caller until its job is settled, so that a platform shows the outcome itself."""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from redis.exceptions import RedisError

from integration.jobs import ledger
from integration.jobs.accept import Accepted
from integration.jobs.record import SETTLED, Job
from integration.kernel.errors import HooklineError
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import client, damaged, keys
from integration.store.client import TextStore
from integration.store.clock import wall_ms

PASSED_ON = {200: 422, 400: 400, 401: 502, 403: 403, 404: 404, 422: 422, 429: 429}
"""Our status by the provider's. Its 401 is about its key, not about the caller's. Some providers
refuse with 200 and say so in the body."""
LOOK_SECONDS = 5.0
"""After so long a caller looks by itself, whatever became of the endings."""


class Refused(HooklineError):
    code, title = "provider-rejected", "The provider refused"

    """`shown` is the job as its caller may see it."""

    def __init__(self, job: Job, shown: Mapping[str, Any], status: int) -> None:
        super().__init__(job.message)
        self.shown = shown
        self.status = status

    def problem(self) -> dict[str, object]:
        return {"job": self.shown}


def settled(services: Services, accepted: Accepted, seconds: float) -> tuple[list[Job], bool]:
    """The jobs as they are at the end of the wait, and whether all are settled."""
    deadline = time.monotonic() + seconds
    for job_id in accepted.job_ids:
        _await(services, job_id, deadline)
    jobs = [job for job in ledger.several(services, accepted.job_ids) if job]
    return jobs, all(job.status in ledger.ANSWERED for job in jobs)


def _await(services: Services, job_id: str, deadline: float) -> None:
    """Return when the job is settled, or cannot be before the time is up. A store that is away is
    no outcome: the job is committed, so the caller gets 202 rather than an error."""
    with endings_of(services).watched(job_id) as ended:
        while (left := deadline - time.monotonic()) > 0:
            # It may have ended before it was watched.
            with contextlib.suppress(RedisError):
                if _is_over(services, job_id, left):
                    return
            ended.wait(min(left, LOOK_SECONDS))
            ended.clear()


def _is_over(services: Services, job_id: str, left: float) -> bool:
    """Whether there is nothing to wait for."""
    job = ledger.by_id(services, job_id)
    return job is None or job.status in ledger.SETTLED or left <= _earliest(job)


def _earliest(job: Job) -> float:
    """Seconds until the job may begin, 0 where it may begin at once."""
    at = job.input.get("schedule_at") if job.status == "scheduled" else None
    return max(0.0, parse_strict(at).timestamp() - wall_ms() / 1000) if at else 0.0


def refusal(job: Job, shown: Mapping[str, Any]) -> Refused:
    upstream = int((job.error or {}).get("status") or 0)
    return Refused(job, shown, PASSED_ON.get(upstream, 502))


log = logging.getLogger(__name__)
PORTION = 1_000
"""Names that are read at once."""
STORE_SECONDS = 0.5


class Endings:
    """The waiting callers of one process, by job, over one connection for all.

    finish.lua names each job that ends in one stream. One thread (a greenlet in the
    web process) reads it while anybody waits. A name can be missed, as when the store fails over or
    a worker of an older release ends the job. So the thread also looks at those jobs each second.
    """

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


def endings_of(services: Services) -> Endings:
    """Those of this process."""
    found = services.endings.setdefault("", Endings(services.signals))
    assert isinstance(found, Endings)
    return found
