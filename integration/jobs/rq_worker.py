"""RQ's worker, cut down to what wake-ups need.

The ledger knows which jobs are due, which process holds one, and how it ended. So this worker takes
ids from its queue and reads no record of RQ's: whatever a record names is never run. Nor does it
write into RQ's registries of jobs and results. It takes jobs in its main thread and hands each to a
thread of its own (runtime/places.py).
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from rq.worker_registration import clean_worker_registry

from integration.runtime.guarded import bug
from integration.runtime.places import Places
from integration.store import keys
from integration.store.client import TextStore

logger = logging.getLogger(__name__)
BEAT_SECONDS = 5.0
"""How often a worker says that it lives; RQ forgets one after 80 seconds."""
TURN_SECONDS = 1
"""How long one read blocks, and one look for a free place."""
Entry = Callable[[str], None]
"""What runs a job, whose id it gets."""


class Line(NamedTuple):
    """A queue, what runs its jobs, and in how many threads."""

    queue: str
    entry: Entry
    places: Places


class Worker(SimpleWorker):
    """RQ's non-forking worker with a loop of its own. It runs nothing but our own `entry` of each
    line. The first line goes before the others, and is what RQ knows the worker by. `beat` says
    that it takes jobs."""

    def __init__(self, db: TextStore, lines: Sequence[Line], beat: Callable[[], None]) -> None:
        super().__init__(
            [lines[0].queue],
            connection=db,
            # Pickle, RQ's default, would run whatever somebody can write into the store.
            serializer=JSONSerializer,
            worker_ttl=20,
        )
        self.places, self.beat = lines[0].places, beat
        self.lines = {keys.rq_waiting(each.queue): each for each in lines}
        self._beaten_at = -BEAT_SECONDS

    def _set_connection(self, connection: Redis) -> Redis:
        """Leave its time-outs: other threads use its connections as well."""
        return connection

    def _set_ip_address(self, _connection: Redis) -> None:
        """Not asked for: redis-py cannot read the answer where a socket's path has a space."""
        self.ip_address = "unknown"

    def turn(self) -> bool:
        """Take a job, where there is a place and one comes within seconds; then it is True.

        RQ's own loop knows of no places and of no stop signal but its own. It makes some twenty
        round trips for each job, and ends over what the store refuses.
        """
        if time.monotonic() - self._beaten_at >= BEAT_SECONDS:
            self._say_alive()
        if self.places.wait(TURN_SECONDS):
            free = [name for name, line in self.lines.items() if line.places.free]
            found: Any = self.connection.blpop(free, TURN_SECONDS)
            if found:
                line = self.lines[found[0]]
                line.places.take(partial(self._run, line.entry, found[1]))
        return True

    def _say_alive(self) -> None:
        """Every turn comes here, so a loop that is stuck is not alive."""
        if self.birth_date is None:
            self.register_birth()  # type: ignore[no-untyped-call]  # RQ's own
            # Those that died; and what a worker of 0.1.0 took and did not begin with.
            clean_worker_registry(self.queues[0])
            self.connection.delete(self.queues[0].intermediate_queue_key)
        with self.connection.pipeline(transaction=False) as pipe:
            self.heartbeat(pipeline=pipe)
            self.set_state(WorkerStatus.BUSY if self.places.taken else WorkerStatus.IDLE, pipe)
            pipe.execute()
        self.beat()
        self._beaten_at = time.monotonic()

    def _run(self, entry: Entry, job_id: str) -> None:
        try:
            entry(job_id)
        except Exception as error:  # noqa: BLE001  # a thread's outermost loop: a bug must not end it
            logger.error("bug %s in job %s", bug(error), job_id)
