"""What our scripts write for RQ is what RQ reads and, but for what we leave out, writes itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from integration.accounts.connections import Connection
from integration.jobs import rq_queue, sweep
from integration.services import Services
from integration.store import keys, lifetimes
from tests.jobs.history import Desk

NO_NEED = {"description", "ended_at", "group_id", "last_heartbeat", "started_at"}
NO_NEED |= {"failure_callback_name", "stopped_callback_name", "success_callback_name"}
NO_NEED |= {"worker_name"}
"""Fields that RQ writes empty, and reads as empty when they are missing."""


@pytest.fixture
def raw(own: Services) -> Iterator[Redis]:
    with Redis.from_url(own.settings.redis_url) as found:
        yield found


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def fetched(raw: Redis, job: str) -> Job:
    return Job.fetch(job, connection=raw, serializer=JSONSerializer)


def read(raw: Redis, key: str) -> dict[str, bytes]:
    found: Any = raw.hgetall(key)
    return {name.decode(): value for name, value in found.items()}


def test_rq_is_the_version_whose_records_we_write() -> None:
    """Another one may name its fields otherwise: look at what it writes before this changes."""
    assert version("rq") == "3.0.0"


def test_rq_reads_what_we_wrote(desk: Desk, raw: Redis) -> None:
    job = desk.job()
    found = fetched(raw, job)
    assert (found.func_name, found.args, found.kwargs) == (rq_queue.PERFORM, [], {})
    assert found.get_status() == JobStatus.QUEUED
    assert (found.origin, found.timeout) == (keys.RQ_ACTIONS, lifetimes.RQ_TIMEOUT_SECONDS)
    assert (found.result_ttl, found.failure_ttl) == (
        lifetimes.RQ_KEPT_SECONDS,
        lifetimes.RQ_FAILED_SECONDS,
    )
    for moment in (found.created_at, found.enqueued_at):
        assert moment
        assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)
    actions = Queue(keys.RQ_ACTIONS, connection=raw, serializer=JSONSerializer)
    assert actions.job_ids == [job]
    assert actions.key == keys.rq_waiting(keys.RQ_ACTIONS)


def test_rq_itself_writes_the_same(desk: Desk, raw: Redis) -> None:
    job = desk.job()
    actions = Queue(keys.RQ_ACTIONS, connection=raw, serializer=JSONSerializer)
    theirs = actions.enqueue_call(
        rq_queue.PERFORM,
        result_ttl=lifetimes.RQ_KEPT_SECONDS,
        failure_ttl=lifetimes.RQ_FAILED_SECONDS,
        timeout=lifetimes.RQ_TIMEOUT_SECONDS,
    )
    written = set(read(raw, theirs.key))
    ours = read(raw, keys.rq_job(job))
    assert written - set(ours) == NO_NEED
    assert ours["data"] == theirs.data
    assert not set(ours) - written


def test_a_record_is_there_as_long_as_its_job_runs(desk: Desk, raw: Redis) -> None:
    job = desk.job()
    held = desk.claim(job)
    assert fetched(raw, job).origin == keys.RQ_ACTIONS
    desk.sent(held, "1")
    assert not raw.exists(keys.rq_job(job))


def test_a_wake_up_outlives_the_record_of_an_earlier_run(desk: Desk, raw: Redis) -> None:
    """RQ lets a finished job's record expire; the same id enqueued again must not go with it."""
    job = desk.job()
    raw.expire(keys.rq_job(job), 1)
    desk.lose(job)
    sweep.sweep(desk.own)
    assert raw.ttl(keys.rq_job(job)) == -1


def test_a_wake_up_takes_the_place_of_whatever_is_there(desk: Desk, raw: Redis) -> None:
    job = desk.job()
    raw.delete(keys.rq_job(job))
    raw.set(keys.rq_job(job), "text")
    desk.lose(job)
    sweep.sweep(desk.own)
    assert fetched(raw, job).func_name == rq_queue.PERFORM
