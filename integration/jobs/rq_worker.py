"""RQ's worker, cut down to what wake-ups need.

The ledger knows which jobs are due, which process holds one, and how it ended. So this worker
writes nothing into RQ's registries of started, finished and failed jobs, nor into its results. A
run takes an id and reads its record, where RQ's own worker makes some twenty round trips. It takes
jobs in its main thread and hands each to a thread of its own (runtime/places.py).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from redis import Redis
from redis.exceptions import RedisError, ResponseError
from rq import Queue, SimpleWorker
from rq.exceptions import DequeueTimeout, DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus

from integration.runtime.guarded import bug
from integration.runtime.places import Places
from integration.store import client, damaged

logger = logging.getLogger(__name__)
BROKEN = (*damaged.NONSENSE, ResponseError, DeserializationError)
"""What RQ raises over a record that it did not write."""
BEAT_SECONDS = 5.0
"""How often a worker says that it lives; RQ forgets one after 80 seconds."""
TURN_SECONDS = 1
"""How long one read blocks, and one look for a free place."""
Entry = Callable[[str], None]
"""What runs a job, whose id it gets; nothing else of RQ's record is believed."""


class WakeUp(Job):
    """RQ's job without callbacks: a name in a record must never become a call."""

    success_callback = failure_callback = stopped_callback = property(lambda _: None)


@cache
def open_queue(raw: Redis, name: str) -> Queue:
    # Pickle, RQ's default, would run whatever somebody can write into the store.
    return Queue(name, connection=raw, serializer=JSONSerializer, job_class=WakeUp)


class Worker(SimpleWorker):
    """RQ's non-forking worker with a loop of its own: it runs nothing but our own entries, in as
    many threads as there are places. `beat` says that it takes jobs."""

    def __init__(
        self,
        queue: Queue,
        entries: Mapping[str, Entry],
        places: Places,
        beat: Callable[[], None],
    ) -> None:
        super().__init__(
            [queue],
            connection=queue.connection,
            job_class=WakeUp,
            serializer=JSONSerializer,
            log_job_description=False,
            worker_ttl=20,
        )
        self.entries, self.places, self.beat = entries, places, beat
        self._beaten_at = -BEAT_SECONDS

    def _set_connection(self, connection: Redis) -> Redis:
        """Leave its time-outs: other threads use its connections as well."""
        return connection

    def turn(self) -> bool:
        """Take a job, where there is a place and one comes within seconds; then it is True.

        RQ's own loop knows of no places and of no stop signal but its own. It makes three round
        trips around each job, and ends over what the store refuses.
        """
        if time.monotonic() - self._beaten_at >= BEAT_SECONDS:
            self._say_alive()
        if self.should_run_maintenance_tasks:
            self._clean()
        if self.places.wait(TURN_SECONDS) and (job := self._taken()):
            self._hand_over(job)
        return True

    def _say_alive(self) -> None:
        """Every turn comes here, so a loop that is stuck is not alive."""
        if self.birth_date is None:
            self.register_birth()  # type: ignore[no-untyped-call]  # RQ's own
        with self.connection.pipeline(transaction=False) as pipe:
            self.heartbeat(pipeline=pipe)
            self.set_state(WorkerStatus.BUSY if self.places.taken else WorkerStatus.IDLE, pipe)
            pipe.execute()
        self.beat()
        self._beaten_at = time.monotonic()

    def _taken(self) -> Job | None:
        """The first job of the queue; None after a turn without one."""
        try:
            found = Queue.dequeue_any(
                self.queues, TURN_SECONDS, self.connection, WakeUp, self.serializer
            )
        except DequeueTimeout:
            return None
        except BROKEN as error:
            # RQ names the job in an error over its record; any other error is not about one.
            away = isinstance(error, RedisError) and client.is_unable(error)
            if away or not hasattr(error, "job_id"):
                raise
            self._discard(str(error.job_id), "that is no job")
            return None
        return found[0] if found else None

    def _hand_over(self, job: Job) -> None:
        """Run our own function for it; a record is no more than an id and a name we know."""
        entry = self.entries.get(_named(job))
        if entry is None:
            self._discard(job.id, "of a job that is not ours")
        else:
            self.places.take(partial(self._run, entry, job))

    def _run(self, entry: Entry, job: Job) -> None:
        try:
            entry(job.id)
        except Exception as error:  # noqa: BLE001  # a thread's outermost loop: a bug must not end it
            logger.error("bug %s in job %s", bug(error), job.id)

    def _discard(self, job_id: str, what: str) -> None:
        """Take a record away: left in place, a broken one would stop each worker that meets it."""
        logger.error("refused a record in %s %s", self.queues[0].name, what)
        self.connection.lrem(self.queues[0].intermediate_queue_key, 0, job_id)
        self.connection.delete(self.job_class.key_for(job_id))

    def _clean(self) -> None:
        try:
            self.run_maintenance_tasks()  # type: ignore[no-untyped-call]  # RQ's own
        except BROKEN as error:
            # A broken record of RQ's would end the worker, and with it all recovery.
            logger.warning("RQ's housekeeping failed: %s", type(error).__name__)


def _named(job: Any) -> str:
    try:
        return str(job.func_name)
    except BROKEN:
        return ""
