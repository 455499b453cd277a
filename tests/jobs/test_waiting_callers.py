"""Waiting callers: one connection for all, and nobody waits longer where a signal is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from integration.accounts.connections import Connection
from integration.jobs import wait
from integration.jobs.accept import Accepted
from integration.services import Services
from integration.store import client, keys
from proofs.rig.sandbox import until
from tests.jobs.history import Desk

LONG = 180.0


def accepted(ids: Sequence[str]) -> Accepted:
    return Accepted(answer={}, job_ids=list(ids))


def ended(own: Services, ids: Sequence[str], *, told: bool) -> None:
    """End jobs as finish.lua does; without the signal, as a worker of an older release does."""
    for job in ids:
        own.db.hset(keys.job(job), "status", "sent")
        if told:
            own.db.xadd(keys.ENDED, {"job": job})


def waiting(own: Services) -> int:
    return sum(map(len, wait.endings_of(own)._waiting.values()))


def test_five_hundred_callers_wait_over_one_connection_and_all_are_woken(
    own: Services, connection: Connection
) -> None:
    jobs = [Desk(own, connection).job() for _ in range(500)]
    with ThreadPoolExecutor(500) as crowd:
        told = [crowd.submit(wait.settled, own, accepted([each]), LONG) for each in jobs]
        until(lambda: waiting(own) == 500, "all callers to wait")
        blocked = [each for each in own.db.client_list() if "b" in each["flags"]]
        assert len(blocked) <= 1
        assert len(own.db.client_list()) <= client.MOST + 1
        ended(own, jobs, told=True)
        assert all(each.result(LONG)[1] for each in told)
    assert waiting(own) == 0


def test_a_job_that_ended_before_its_caller_waited_is_answered_at_once(
    own: Services, connection: Connection
) -> None:
    job = Desk(own, connection).job()
    ended(own, [job], told=True)
    jobs, all_settled = wait.settled(own, accepted([job]), LONG)
    assert all_settled
    assert [each.status for each in jobs] == ["sent"]


def test_a_caller_learns_of_an_end_that_nobody_signalled(
    own: Services, connection: Connection
) -> None:
    """A worker of an older release writes no signal; a store that failed over has lost it."""
    jobs = [Desk(own, connection).job() for _ in range(3)]
    with ThreadPoolExecutor(3) as crowd:
        told = [crowd.submit(wait.settled, own, accepted([each]), LONG) for each in jobs]
        until(lambda: waiting(own) == 3, "all callers to wait")
        own.db.delete(keys.ENDED)
        began = time.monotonic()
        ended(own, jobs, told=False)
        assert all(each.result(LONG)[1] for each in told)
    assert time.monotonic() - began < LONG / 2


def test_a_key_that_something_else_wrote_delays_nobody_for_long(
    own: Services, connection: Connection
) -> None:
    own.db.set(keys.ENDED, "no stream")
    job = Desk(own, connection).job()
    with ThreadPoolExecutor(1) as crowd:
        told = crowd.submit(wait.settled, own, accepted([job]), LONG)
        until(lambda: waiting(own) == 1, "the caller to wait")
        ended(own, [job], told=False)
        assert told.result(LONG / 2)[1]


def test_the_reader_ends_with_the_last_caller_and_begins_with_the_next(
    own: Services, connection: Connection
) -> None:
    for _ in range(2):
        job = Desk(own, connection).job()
        assert not wait.settled(own, accepted([job]), 0.2)[1]
        until(lambda: not _readers(), "the end of the reader")


def _readers() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "endings"]


def test_time_is_up_for_a_caller_whose_job_does_not_end(
    own: Services, connection: Connection
) -> None:
    job = Desk(own, connection).job()
    began = time.monotonic()
    assert not wait.settled(own, accepted([job]), 0.5)[1]
    assert time.monotonic() - began >= 0.4
