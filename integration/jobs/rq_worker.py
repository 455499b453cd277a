"""RQ's worker, cut down to what wake-ups need.

The ledger knows which jobs are due, which process holds one, and how it ended. So this worker
writes nothing into RQ's registries of started, finished and failed jobs, nor into its results. A
run takes an id and reads its record, where RQ's own worker makes some twenty round trips. It takes
jobs in its main thread and hands each to a thread of its own (runtime/places.py).
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from redis import Redis
from redis.exceptions import RedisError, ResponseError
from rq import Queue, SimpleWorker
from rq.exceptions import DequeueTimeout, DeserializationError, StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty
from rq.worker import WorkerStatus

from integration.runtime import stopping
from integration.runtime.places import Places
from integration.store import client, damaged

logger = logging.getLogger(__name__)
BROKEN = (*damaged.NONSENSE, ResponseError, DeserializationError)
"""What RQ raises over a record that it did not write."""
BEAT_SECONDS = 5.0
"""How often a worker says that it lives; RQ forgets one after 80 seconds."""
TURN_SECONDS = 1.0
"""How long one read blocks, and one look for a free place."""
SUSPENDED_SECONDS = 1.0
Entry = Callable[[str], None]
"""What runs a job, whose id it gets; nothing else of RQ's record is believed."""


class NoDeathPenalty(BaseDeathPenalty):
    """No time limit: RQ would break a job off by a signal in the middle of anything. Our calls have
    hard deadlines of their own, and the ledger's lease covers the rest."""

    def setup_death_penalty(self) -> None: ...

    def cancel_death_penalty(self) -> None: ...


class WakeUp(Job):
    """RQ's job without callbacks: a name in a record must never become a call."""

    success_callback = failure_callback = stopped_callback = property(lambda _: None)


@cache
def open_queue(raw: Redis, name: str) -> Queue:
    # Pickle, RQ's default, would run whatever somebody can write into the store.
    return Queue(name, connection=raw, serializer=JSONSerializer, job_class=WakeUp)


class Worker(SimpleWorker):
    """RQ's non-forking worker: it runs nothing but our own entries, in as many threads as there are
    places, and outlives its own housekeeping. `beat` says that it can take a job."""

    death_penalty_class = NoDeathPenalty
    dequeue_timeout = int(TURN_SECONDS)

    def __init__(
        self,
        queue: Queue,
        connection: Redis,
        entries: Mapping[str, Entry],
        places: Places,
        beat: Callable[[], None],
    ) -> None:
        super().__init__(
            [queue],
            connection=connection,
            job_class=WakeUp,
            serializer=JSONSerializer,
            log_job_description=False,
            worker_ttl=20,
        )
        self.entries, self.places, self.beat = entries, places, beat
        self._beaten_at = self._looked_at = -BEAT_SECONDS

    def _set_connection(self, connection: Redis) -> Redis:
        """Leave its time-outs: other threads use its connections as well."""
        return connection

    def request_stop(self, *_: Any) -> None:
        """Only note the signal, however often it comes; the next turn of the loop ends it.

        RQ would write to the store here, in the middle of anything, and raise.
        """
        stopping.stopping.set()
        self._stop_requested = True

    def subscribe(self) -> None:
        """No remote commands: they would cost a thread and a connection each."""

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """In one round trip, and seldom; RQ makes three, three times around each job. Every turn
        of the loop comes here, so a loop that is stuck is not alive."""
        if pipeline is not None:
            super().heartbeat(timeout, pipeline)
        elif time.monotonic() - self._beaten_at >= BEAT_SECONDS:
            with self.connection.pipeline(transaction=False) as pipe:
                super().heartbeat(timeout, pipe)
                busy = WorkerStatus.BUSY if self.places.taken else WorkerStatus.IDLE
                super().set_state(busy, pipe)
                pipe.execute()
            self.beat()
            self._beaten_at = time.monotonic()

    def set_state(self, state: str, _: Any = None) -> None:
        """Written with the next heartbeat, by what the places do: only people look at it."""
        self._state = state

    def check_for_suspension(self, burst: bool) -> None:
        if time.monotonic() - self._looked_at >= SUSPENDED_SECONDS:
            super().check_for_suspension(burst)
            self._looked_at = time.monotonic()

    def dequeue_job_and_maintain_ttl(self, *_: Any) -> tuple[Job, Queue]:
        """The next job, as soon as there is a place for it; RQ's own would not look at the signal.

        A store that cannot serve is asked again after a moment.
        """
        while not self._stop_requested:
            try:
                self.heartbeat()
                if self.should_run_maintenance_tasks:
                    self.run_maintenance_tasks()
                if self.places.wait(TURN_SECONDS) and (found := self._taken()):
                    return found
            except RedisError as error:
                if not client.is_unable(error):
                    raise
                logger.warning("store away: %s", type(error).__name__)
                stopping.stopping.wait(TURN_SECONDS)
        raise StopRequested

    def _taken(self) -> tuple[Job, Queue] | None:
        """The first job of the queue; None after a turn without one."""
        queues, seconds = self.queues, self.dequeue_timeout
        try:
            return Queue.dequeue_any(
                queues, seconds, self.connection, WakeUp, JSONSerializer, NoDeathPenalty
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

    def execute_job(self, job: Any, _: Any) -> None:
        """Run our own function for it; a record is no more than an id and a name we know."""
        entry = self.entries.get(_named(job))
        if entry is None:
            self._discard(job.id, "of a job that is not ours")
        else:
            self.places.take(partial(self._run, entry, job))

    def _run(self, entry: Entry, job: Any) -> None:
        try:
            entry(job.id)
        except Exception:  # noqa: BLE001  # a thread's outermost loop: a bug must not end it
            self.handle_exception(job, *sys.exc_info())

    def _discard(self, job_id: str, what: str) -> None:
        """Take a record away: left in place, a broken one would stop each worker that meets it."""
        logger.error("refused a record in %s %s", self.queues[0].name, what)
        self.connection.lrem(self.queues[0].intermediate_queue_key, 0, job_id)
        self.connection.delete(self.job_class.key_for(job_id))

    def run_maintenance_tasks(self) -> None:
        try:
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]  # RQ's own
        except BROKEN as error:
            # A broken record of RQ's would end the worker, and with it all recovery.
            logger.warning("RQ's housekeeping failed: %s", type(error).__name__)

    def handle_exception(self, job: Any, *exc_info: Any) -> None:
        """A bug of ours, logged by type and place: its text may hold a number or a message."""
        kind, _, trace = exc_info
        while trace.tb_next:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        logger.error("bug %s at %s in job %s", kind.__name__, place, job.id)


def _named(job: Any) -> str:
    try:
        return str(job.func_name)
    except BROKEN:
        return ""
