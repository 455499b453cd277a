"""A job whose record is damaged ends where its owner sees it, and hides and stops no other."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.jobs import claim, finish, ledger, listing, perform, sweep
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from tests.jobs.history import Desk, spoil

SPOILT = {
    "facts that are no JSON": "{",
    "facts that are no array": "{}",
    "facts of which one is missing": "[]",
    "facts with bytes that are no text": b'["w","send_sms"\xff',
}
DAMAGE = {
    "an input that is no object": {"input": [1]},
    "a phone that is a number": {"input": {"phone": 1}},
    "a creation that is a word": {"created_ms": "once"},
    "a creation that is no moment": {"created_ms": True},
    "a creation beyond all years": {"created_ms": 10**40},
    "a workspace that is nothing": {"workspace": None},
    "a digest that is a list": {"equal": []},
    "another workspace": {"workspace": "ghost"},
    "no such connection": {"connection": "conn_ghost"},
    "no such action": {"action": "no_such"},
}
BESIDE = {
    "a timeline that is no JSON": {"attempts": "nonsense{"},
    "a timeline of numbers": {"attempts": "1,2"},
    "a timeline of other kinds": {"attempts": '{"at":"2026-11-25T22:14:58.884Z","outcome":1}'},
    "a change beyond all years": {"first_ms": "9" * 40},
    "a result that is no object": {"result": "[]"},
}


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def shown(own: Services, job: str) -> dict[str, object]:
    found = ledger.by_id(own, job)
    assert found
    return ledger.shown(found)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_job_with_a_damaged_fact_is_not_sent_and_says_why(
    desk: Desk, damage: dict[str, object]
) -> None:
    job = desk.job()
    spoil(desk.own.db, job, **damage)
    expect_failure(desk.own, job)


@pytest.mark.parametrize("facts", SPOILT.values(), ids=SPOILT.keys())
def test_a_job_without_its_facts_is_not_sent_and_says_why(desk: Desk, facts: str | bytes) -> None:
    job = desk.job()
    desk.own.db.hset(keys.job(job), "facts", facts)
    expect_failure(desk.own, job)


@pytest.mark.parametrize("damage", BESIDE.values(), ids=BESIDE.keys())
def test_a_damaged_job_is_not_sent_and_says_why(desk: Desk, damage: dict[str, str]) -> None:
    job = desk.job()
    desk.own.db.hset(keys.job(job), mapping=damage)
    expect_failure(desk.own, job)


def expect_failure(own: Services, job: str) -> None:
    perform.run(job)
    told = shown(own, job)
    assert told["status"] == "failed"
    assert "damaged" in str(told["message"]) or "removed" in str(told["message"])


def test_a_job_that_lost_its_facts_is_not_sent(desk: Desk) -> None:
    job = desk.job()
    desk.own.db.hdel(keys.job(job), "facts")
    expect_failure(desk.own, job)


def test_a_job_damaged_while_it_was_sent_may_have_left(desk: Desk) -> None:
    job = desk.job()
    desk.claim(job)
    spoil(desk.own.db, job, input=0)
    desk.own.db.zadd(keys.JOBS_LEASED, {job: now_ms() - 1})
    perform.run(job)
    assert shown(desk.own, job)["status"] == "unknown"


def test_a_text_in_a_jobs_place_is_noted_and_taken_up_no_more(desk: Desk) -> None:
    job = desk.job()
    desk.own.db.delete(keys.job(job))
    desk.own.db.set(keys.job(job), "text")
    perform.run(job)
    assert desk.own.db.zscore(keys.BROKEN, keys.job(job))
    assert desk.own.db.zscore(keys.JOBS_DUE, job) is None


def test_damaged_jobs_stand_in_the_list_beside_the_sound_ones(desk: Desk) -> None:
    sound, damaged, text = desk.job(), desk.job(), desk.job()
    spoil(desk.own.db, damaged, input=0)
    desk.own.db.delete(keys.job(text))
    desk.own.db.set(keys.job(text), "text")
    found, _ = listing.listed(desk.own, "w", 10, None)
    assert {job.id for job in found} == {sound, damaged}


def test_a_damaged_id_keeps_no_job_from_being_found(desk: Desk) -> None:
    job = desk.job()
    desk.own.db.zadd(keys.JOBS_DUE, {job: 0, "no job's id!": 0})
    sweep.sweep(desk.own)
    assert desk.own.db.zscore(keys.JOBS_DUE, "no job's id!") is None
    assert desk.waiting() == [job]


def test_a_job_that_breaks_each_process_that_sends_it_comes_to_an_end(
    desk: Desk,
) -> None:
    job = desk.job()
    for _ in range(2 * perform.MOST_CLAIMS):
        held = claim.claim(desk.own, job, "token")
        if held is None or held.claims > perform.MOST_CLAIMS:
            break
        ending = finish.Ending(
            status="queued", message="", outcome=finish.NOT_SENT, detail="", later_ms=0
        )
        assert finish.finish(desk.own, held, ending)
    perform.run(job)
    desk.own.db.zadd(keys.JOBS_LEASED, {job: now_ms() - 1})
    perform.run(job)
    assert shown(desk.own, job)["status"] == "unknown"
