"""RQ's side: a wake-up for each job, under the job's own id; the ledger is the truth."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer

from integration import keys

PERFORM = "integration.jobs.perform.perform"
DRAIN = "integration.events.deliver.drain"
KEPT_SECONDS = 5
"""How long RQ keeps a finished job; the ledger keeps the history."""
FAILED_SECONDS = 3600
TIMEOUT = 120
"""Seconds after which RQ breaks a job off; every outbound call ends long before."""


@cache
def open_queue(raw: Redis, name: str) -> Queue:
    # Pickle, RQ's default, would run whatever somebody can write into the store.
    return Queue(name, connection=raw, serializer=JSONSerializer)


def add(queue: Queue, job_ids: Sequence[str], pipe: Any) -> None:
    """Enqueue wake-ups within a MULTI that was begun (`pipe.multi()`).

    The arguments are ids: no number and no text is in them.
    """
    for job_id in job_ids:
        job = RqJob.create(
            PERFORM,
            args=[job_id],
            id=job_id,
            connection=queue.connection,
            serializer=JSONSerializer,
            result_ttl=KEPT_SECONDS,
            failure_ttl=FAILED_SECONDS,
            timeout=TIMEOUT,
            description=keys.RQ_ACTIONS,
        )
        queue.enqueue_job(job, pipeline=pipe)


def add_drain(queue: Queue) -> None:
    """Enqueue one drain of deliveries; it is always the same job, so it waits at most once."""
    queue.enqueue_job(
        RqJob.create(
            DRAIN,
            id="drain",
            connection=queue.connection,
            serializer=JSONSerializer,
            result_ttl=KEPT_SECONDS,
            failure_ttl=FAILED_SECONDS,
            timeout=-1,
            description=keys.RQ_DELIVERIES,
        )
    )
