"""A job whose record is damaged ends where its owner sees it, and hides and stops no other."""

from __future__ import annotations

import pytest

from integration import keys
from integration.accounts.connections import Connection
from integration.clock import now_ms
from integration.jobs import ledger, listing, perform, sweep
from integration.services import Services
from tests.jobs.history import Desk

DAMAGE = {
    "an input that is no JSON": {"input": "{"},
    "an input that is no object": {"input": "[1]"},
    "a phone that is a number": {"input": '{"phone": 1}'},
    "a timeline that is no JSON": {"attempts": "nonsense{"},
    "a timeline of numbers": {"attempts": "1,2"},
    "a time that is a word": {"created_ms": "once"},
    "a time beyond all years": {"created_ms": "9" * 40},
    "a result that is no object": {"result": "[]"},
    "another workspace": {"workspace": "ghost"},
    "no such connection": {"connection": "conn_ghost"},
    "no such action": {"action": "no_such"},
}


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def shown(own: Services, job: str) -> dict[str, object]:
    found = ledger.by_id(own, job)
    assert found
    return ledger.shown(found)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_job_is_not_sent_and_says_why(desk: Desk, damage: dict[str, str]) -> None:
    job = desk.job()
    desk.own.db.hset(keys.job(job), mapping=damage)
    perform.perform(job)
    told = shown(desk.own, job)
    assert told["status"] == "failed"
    assert "damaged" in str(told["message"]) or "removed" in str(told["message"])


@pytest.mark.parametrize("missing", ["input", "action", "workspace", "equal", "connection"])
def test_a_job_that_lost_a_field_is_not_sent(desk: Desk, missing: str) -> None:
    job = desk.job()
    desk.own.db.hdel(keys.job(job), missing)
    perform.perform(job)
    assert shown(desk.own, job)["status"] == "failed"


def test_a_job_damaged_while_it_was_sent_may_have_left(desk: Desk) -> None:
    job = desk.job()
    desk.claim(job)
    desk.own.db.hset(keys.job(job), "input", "{")
    desk.own.db.zadd(keys.JOBS_LEASED, {job: now_ms() - 1})
    perform.perform(job)
    assert shown(desk.own, job)["status"] == "unknown"


def test_a_text_in_a_jobs_place_is_noted_and_taken_up_no_more(desk: Desk) -> None:
    job = desk.job()
    desk.own.db.delete(keys.job(job))
    desk.own.db.set(keys.job(job), "text")
    perform.perform(job)
    assert desk.own.db.zscore(keys.BROKEN, keys.job(job))
    assert desk.own.db.zscore(keys.JOBS_DUE, job) is None


def test_damaged_jobs_stand_in_the_list_beside_the_sound_ones(desk: Desk) -> None:
    sound, damaged, text = desk.job(), desk.job(), desk.job()
    desk.own.db.hset(keys.job(damaged), "input", "{")
    desk.own.db.delete(keys.job(text))
    desk.own.db.set(keys.job(text), "text")
    found, _ = listing.listed(desk.own, "w", 10, 0)
    assert {job.id for job in found} == {sound, damaged}


def test_an_id_that_is_none_keeps_no_job_from_being_found(desk: Desk) -> None:
    job = desk.job()
    desk.own.db.zadd(keys.JOBS_DUE, {job: 0, "no job's id!": 0})
    assert sweep.sweep(desk.own) == 1
    assert desk.own.db.zscore(keys.JOBS_DUE, "no job's id!") is None


def test_a_job_that_is_never_found_sent_and_breaks_whoever_sends_it_comes_to_an_end(
    desk: Desk,
) -> None:
    job = desk.job()
    for _ in range(2 * perform.MOST_CLAIMS):
        held = ledger.claim(desk.own, job, "token")
        if held is None or held.claims > perform.MOST_CLAIMS:
            break
        ending = ledger.Ending(
            status="queued", message="", outcome=ledger.NOT_SENT, detail="", later_ms=0
        )
        assert ledger.finish(desk.own, held, ending)
    perform.perform(job)
    desk.own.db.zadd(keys.JOBS_LEASED, {job: now_ms() - 1})
    perform.perform(job)
    assert shown(desk.own, job)["status"] == "unknown"
