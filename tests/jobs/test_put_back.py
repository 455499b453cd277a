"""A store that was put back to an earlier state: who may have been texted since is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from integration.accounts.connections import Connection
from integration.jobs import claim, ledger, settle
from integration.services import Services
from integration.store import clock, durability, keys, past, server
from integration.store.clock import now_ms, wall_ms
from proofs.rig.sandbox import until
from tests.jobs.history import Desk, History
from tests.jobs.put_back import begin, copy_of, held, meeting, work

MINUTE_MS = 60_000


@pytest.fixture
def desk(own: Services, connection: Connection) -> Iterator[Desk]:
    with meeting(own):
        yield Desk(own, connection)


def asked(desk: Desk, job: str) -> str:
    """The new status of a job after its look-up."""
    desk.own.db.hset(keys.job(job), "ends_ms", now_ms() - MINUTE_MS)
    desk.own.db.zadd(keys.JOBS_LEASED, {job: 0})
    return desk.asked(job).status


def test_a_claim_notices_it_by_itself(desk: Desk) -> None:
    job = desk.job()
    put_back = copy_of(desk.own)
    assert desk.claim(job).mode == "send"
    put_back()
    again = held(desk, job)
    assert (again.mode, again.job.past) == ("settle", past.PROVED)
    desk.row("1")
    assert asked(desk, job) == "sent"


def test_what_the_provider_does_not_have_is_sent_once_more_and_asked_about_once(desk: Desk) -> None:
    job = desk.job()
    put_back = copy_of(desk.own)
    work(desk)
    put_back()
    assert held(desk, job).mode == "settle"
    assert asked(desk, job) == "queued"
    again = held(desk, job)
    assert (again.mode, again.job.past) == ("send", "")


def test_calls_that_were_on_the_wire_are_waited_for(desk: Desk) -> None:
    job = desk.job()
    put_back = copy_of(desk.own)
    work(desk)
    put_back()
    found = held(desk, job)
    assert found.job.ends_ms >= now_ms() + found.call_seconds * 1000 - MINUTE_MS / 2
    action = desk.own.catalog.action("send_sms")
    ending = settle.outcome(desk.own, found, action, History([], lambda: None))
    assert ending.status == "sending"
    assert ending.later_ms > found.job.ends_ms


def test_a_call_in_flight_that_the_copy_knows_is_waited_for_as_well(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    put_back = copy_of(desk.own)
    work(desk)
    put_back()
    clock.agree(desk.own.db)
    desk.again(job)
    assert desk.claim(job).job.ends_ms > now_ms()


def test_equal_texts_have_a_row_each(desk: Desk) -> None:
    jobs = [desk.job() for _ in range(3)]
    put_back = copy_of(desk.own)
    work(desk)
    put_back()
    desk.row("1")
    desk.row("2")
    found = []
    for job in jobs:
        held(desk, job)
        found.append(asked(desk, job))
    assert found == ["sent", "sent", "queued"]


def test_what_is_accepted_later_or_is_due_only_later_is_sent_as_always(desk: Desk) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=10)
    later = desk.job("later", schedule_at=soon.isoformat())
    put_back = copy_of(desk.own)
    work(desk)
    put_back()
    clock.agree(desk.own.db)
    new = desk.job("new")
    # Even where this store's clock is far behind that of the other.
    desk.own.db.hincrby(keys.PAST, "before", 10 * MINUTE_MS)
    assert held(desk, new).mode == "send"
    desk.own.db.hincrby(keys.job(later), "due_ms", -10 * MINUTE_MS)
    desk.own.db.hincrby(keys.PAST, "until", -MINUTE_MS)
    assert held(desk, later).mode == "send"


def unsure(desk: Desk) -> str:
    """A job that waits in a store that was started again while nobody ran."""
    job = desk.job()
    # No store is started again within the millisecond in which a job was accepted.
    accepted = wall_ms()
    until(lambda: wall_ms() > accepted + 10, "the next milliseconds")
    desk.own.db.hset(keys.CLOCK, "run", "another")
    begin()
    assert past.meet(desk.own.db, "this")
    clock.agree(desk.own.db)
    return job


def test_where_nothing_proves_it_the_provider_is_asked_too(desk: Desk) -> None:
    job = unsure(desk)
    desk.row("1")
    assert held(desk, job).mode == "settle"
    assert asked(desk, job) == "sent"
    assert "may hold an earlier state" in durability.put_back(desk.own.db)
    assert durability.complaints(desk.own.db, server.facts(desk.own.db)) == []


@pytest.mark.parametrize(("sure", "status"), [(True, "unknown"), (False, "queued")])
def test_who_cannot_be_asked_is_listed_only_where_it_is_proved(
    desk: Desk, sure: bool, status: str
) -> None:
    job = desk.job() if sure else unsure(desk)
    if sure:
        put_back = copy_of(desk.own)
        work(desk)
        put_back()
    found = held(desk, job)
    remove = desk.own.catalog.action("add_contact")
    ending = settle.outcome(desk.own, found, remove, History([], lambda: None))
    assert ending.status == status
    assert not sure or "put back" in ending.message


def test_a_deploy_over_a_store_that_ran_on_asks_nobody(desk: Desk) -> None:
    job = desk.job()
    run = desk.own.db.info("server")["run_id"]
    durability.watch(desk.own.db)
    begin()
    assert not past.meet(desk.own.db, run)
    clock.agree(desk.own.db)
    assert held(desk, job).mode == "send"


def test_after_a_time_without_the_store_nothing_is_sent_for_a_moment(desk: Desk) -> None:
    job = desk.job()
    desk.own.db.hincrby(keys.CLOCK, "steady", -10_000)
    assert claim.claim(desk.own, job, "token") is None
    clock.agree(desk.own.db)
    assert claim.claim(desk.own, job, "token") is None
    found = ledger.by_id(desk.own, job)
    assert found
    assert found.status == "queued"
    assert held(desk, job).mode == "send"
