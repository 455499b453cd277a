"""RQ's side: a wake-up for each job, under the job's own id; the ledger is the truth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

PERFORM = "integration.jobs.perform.perform"
DRAIN = "integration.events.deliver.drain"
KEPT_SECONDS = 5
"""How long RQ keeps a finished job; the ledger keeps the history."""
FAILED_SECONDS = 3600
TIMEOUT = 120
"""Seconds after which RQ thinks a job dead; every outbound call ends long before."""
ENTRIES = frozenset({PERFORM, DRAIN})
"""All that a worker runs: a job naming anything else was not put there by us."""


class WakeUp(Job):
    """RQ's job without callbacks: a name in a record must never become a call."""

    success_callback = failure_callback = stopped_callback = property(lambda _: None)


@cache
def open_queue(raw: Redis, name: str) -> Queue:
    # Pickle, RQ's default, would run whatever somebody can write into the store.
    return Queue(name, connection=raw, serializer=JSONSerializer, job_class=WakeUp)


def add(queue: Queue, job_ids: Sequence[str], pipe: Any, *, at_front: bool = False) -> None:
    """Enqueue wake-ups within a MULTI: two commands for a job, and one against its old TTL.

    The arguments are ids: no number and no text is in them.
    """
    for job_id in job_ids:
        _push(queue, PERFORM, [job_id], job_id, pipe, at_front)


def add_drain(queue: Queue) -> None:
    """Enqueue one drain of deliveries; it is always the same job."""
    with queue.connection.pipeline(transaction=True) as pipe:
        _push(queue, DRAIN, [], "drain", pipe)
        pipe.execute()


def _push(
    queue: Queue,
    entry: str,
    arguments: list[str],
    job_id: str,
    pipe: Any,
    at_front: bool = False,
) -> None:
    job = queue.create_job(
        entry,
        args=arguments,
        job_id=job_id,
        result_ttl=KEPT_SECONDS,
        failure_ttl=FAILED_SECONDS,
        timeout=TIMEOUT,
        # RQ would make one from the arguments, and log it.
        description=queue.name,
    )
    job.enqueued_at = datetime.now(UTC)
    job.save(pipeline=pipe)
    # A finished run under the same id has left a TTL; the wake-up would vanish with it.
    pipe.persist(job.key)
    queue.push_job_id(job.id, pipeline=pipe, at_front=at_front)
