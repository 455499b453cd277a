"""The worker: long-lived processes that run actions and drain deliveries, and never fork a job."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from redis.exceptions import RedisError, ResponseError
from rq import SimpleWorker
from rq.exceptions import DeserializationError, StopRequested
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty
from rq.worker import WorkerStatus

from integration import broken, clock, keys, parent, process, store, store_check
from integration.events import deliver, rounds
from integration.jobs import perform, queue, sweep
from integration.jobs.queue import ENTRIES, WakeUp
from integration.parent import Duty
from integration.services import Services

logger = logging.getLogger(__name__)
SWEEP_SECONDS = 1.0
HEARTBEAT_SECONDS = 15
RESTART_SECONDS = 1.0


LOADED = (deliver.drain, perform.perform)
"""What RQ calls by name is imported here, so that no first job waits for it."""


BROKEN = (*broken.NONSENSE, ResponseError, DeserializationError)
"""What RQ raises over a record that it did not write."""


class NoDeathPenalty(BaseDeathPenalty):
    """RQ would break a job off by a signal in the middle of anything; our calls have hard
    deadlines of their own, and the ledger's lease covers the rest."""

    def setup_death_penalty(self) -> None: ...

    def cancel_death_penalty(self) -> None: ...


class Worker(SimpleWorker):
    """RQ's non-forking worker: it tells long-lived jobs when it was asked to end, runs nothing
    but our two entries, and outlives its own housekeeping."""

    death_penalty_class = NoDeathPenalty
    max_connection_wait_time = 1.0
    """Seconds; RQ's own 60 would leave a worker asleep long after the store is back."""

    def request_stop(self, *_: Any) -> None:
        """Only note the wish, however often it comes: what is under way ends by its own deadline.

        RQ would write to the store here, in the midst of anything: while that is away its error
        would come up within a provider's call, and a text that was sent would count as unsent.
        """
        first = not process.stopping.is_set()
        process.stopping.set()
        self._stop_requested = True
        if first and self.get_state() != WorkerStatus.BUSY:
            raise StopRequested

    def subscribe(self) -> None:
        """No remote commands: they would cost a thread and a connection each."""

    def dequeue_job_and_maintain_ttl(self, *args: Any, **more: Any) -> Any:
        while True:
            try:
                return super().dequeue_job_and_maintain_ttl(*args, **more)
            except BROKEN as error:
                # RQ names the job in an error over its record; any other error is not about one.
                if isinstance(error, RedisError) and store.is_unable(error):
                    logger.warning("store away: %s", type(error).__name__)
                    raise StopRequested from error
                if not hasattr(error, "job_id"):
                    raise
                self._discard(str(error.job_id))

    def _discard(self, job_id: str) -> None:
        """Take a broken record away: left in place, it would stop each worker that meets it."""
        logger.error("refused a record in %s that is no job", self.queues[0].name)
        self.connection.lrem(self.queues[0].intermediate_queue_key, 0, job_id)
        self.connection.delete(self.job_class.key_for(job_id))

    def execute_job(self, job: Any, queue: Any) -> None:
        if not _ours(job):
            logger.error("refused a job in %s that is none of ours", queue.name)
            queue.intermediate_queue.remove(job.id)
            self.connection.delete(job.key)
            return
        super().execute_job(job, queue)

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


def _ours(job: Any) -> bool:
    try:
        return job.func_name in ENTRIES
    except BROKEN:
        return False


def main() -> None:
    parent.keep(duties(parent.prepared("worker")))


def duties(own: Services) -> list[Duty]:
    """One process drains deliveries, the others run actions."""
    roles = [keys.RQ_DELIVERIES] + [keys.RQ_ACTIONS] * own.settings.worker_concurrency
    return [Duty(name=role, serve=partial(_serve, own, role)) for role in roles]


def _serve(own: Services, role: str) -> None:
    # Before any work: until then the time is this machine's own, which may be off.
    _guarded(lambda: clock.agree(own.db))
    threading.Thread(target=_sweep_forever, args=(own, role), daemon=True).start()
    # RQ's loop ends over any refusal of the store, such as that its memory or disk is full. A new
    # process for each would only cost more while there is nothing to do but wait.
    with contextlib.suppress(StopRequested):
        while not process.stopping.is_set():
            _guarded(lambda: _work(own, role))
            process.stopping.wait(RESTART_SECONDS)


def _work(own: Services, role: str) -> None:
    worker = Worker(
        [queue.open_queue(own.raw, role)],
        connection=store.connect(own.settings.redis_url, decode=False),
        job_class=WakeUp,
        serializer=JSONSerializer,
        log_job_description=False,
        worker_ttl=20,
    )
    worker.work(logging_level="WARNING")


def _sweep_forever(own: Services, role: str) -> None:
    """Every worker sweeps, so that no single process is needed for anything to come back."""
    duty = _drain_watch if role == keys.RQ_DELIVERIES else _action_watch
    while not process.stopping.wait(SWEEP_SECONDS):
        _guarded(lambda: clock.agree(own.db))
        _guarded(lambda: store_check.watch(own.db))
        _guarded(lambda: duty(own))
        _guarded(lambda: own.db.set(keys.heartbeat("worker"), clock.now_ms(), ex=HEARTBEAT_SECONDS))


def _guarded(step: Callable[[], Any]) -> None:
    """A step that fails is made again in a second; it must not end what makes the others."""
    try:
        step()
    except RedisError as error:
        logger.warning("store away: %s", type(error).__name__)
    except broken.NONSENSE as error:
        logger.error("bug %s in a worker's round", type(error).__name__)


def _action_watch(own: Services) -> None:
    sweep.sweep(own)
    rounds.reap(own)


def _drain_watch(own: Services) -> None:
    """See that a drain is waiting or running; the drain itself ends after a minute."""
    rounds.reap(own)
    sweep.sweep(own)
    waiting = queue.open_queue(own.raw, keys.RQ_DELIVERIES)
    if not own.raw.llen(waiting.key):
        queue.add_drain(waiting)


if __name__ == "__main__":
    main()
