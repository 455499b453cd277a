"""The ledger's steps: one process holds a job, an old one records nothing, none is forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from integration.accounts.connections import Connection
from integration.accounts.provider_link import Reach
from integration.jobs import claim, finish, ledger, perform, record, retry_and_cancel
from integration.jobs.finish import Ending
from integration.services import Services
from integration.store import keys, past
from integration.store.clock import now_ms
from tests.jobs.history import Desk, spoil

SENT = Ending(status="sent", message="Sent.", outcome="sent", detail="Sent.", provider_id="1")


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def test_only_one_of_many_claims_holds(desk: Desk) -> None:
    job = desk.job()
    with ThreadPoolExecutor(16) as pool:
        held = list(pool.map(lambda n: claim.claim(desk.own, job, f"token{n}"), range(64)))
    assert sum(each is not None for each in held) == 1


def test_a_job_for_at_once_is_taken_by_a_process_whose_time_lags(desk: Desk) -> None:
    job = desk.job()
    assert claim.claim_call(desk.own, job, "token", 1, past.beat(1)).run(desk.own.db)


def test_a_claim_whose_reply_was_lost_is_given_again(desk: Desk) -> None:
    job = desk.job()
    first = claim.claim(desk.own, job, "token")
    again = claim.claim(desk.own, job, "token")
    assert first
    assert again
    assert (again.mode, again.claims) == (first.mode, first.claims)


def test_a_long_reason_is_cut_in_the_sentence_and_whole_in_the_attempt(desk: Desk) -> None:
    job, reason = desk.job(), "x" * 300
    ended = Ending(status="failed", message=reason, outcome="rejected", detail=reason)
    assert finish.finish(desk.own, desk.claim(job), ended)
    shown = ledger.shown(ledger.get(desk.own, desk.connection.workspace, job))
    assert shown["message"] == "x" * 249 + "…"
    assert shown["attempts"][-1]["detail"] == reason


def test_a_process_that_lost_its_lease_records_nothing(desk: Desk) -> None:
    job = desk.job()
    slow = desk.claim(job)
    desk.own.db.zadd(keys.JOBS_LEASED, {job: now_ms() - 1})
    fast = desk.claim(job)
    assert (slow.mode, fast.mode) == ("send", "settle")
    assert not finish.finish(desk.own, slow, SENT)
    assert finish.finish(desk.own, fast, SENT)
    assert not finish.finish(desk.own, fast, SENT), "a second time is nobody's"


@pytest.mark.parametrize("detail", [record.TOOK, "Queued at the carrier."])
def test_an_attempt_is_shown_as_it_was_however_little_of_it_is_kept(
    desk: Desk, detail: str
) -> None:
    job = desk.job()
    ending = replace(SENT, detail=detail)
    assert finish.finish(desk.own, desk.claim(job), ending)
    found = ledger.by_id(desk.own, job)
    assert found
    [told] = found.attempts
    kept = desk.own.db.hget(keys.job(job), "attempts")
    assert list(told.items())[1:] == [("outcome", "sent"), ("detail", detail)]
    assert (detail in kept) == (detail != record.TOOK)


@pytest.mark.parametrize("provider", ["pairfon", "cloud_messaging"])
def test_a_claims_calls_end_before_its_lease(desk: Desk, provider: str) -> None:
    job = desk.job()
    spoil(desk.own.db, job, provider=provider)
    held = desk.claim(job)
    assert held.call_seconds == desk.own.catalog.provider(provider).call_seconds
    assert 0 < held.seconds_left() <= held.call_seconds
    lease = desk.own.db.zscore(keys.JOBS_LEASED, job)
    assert held.job.ends_ms + claim.MARGIN_MS == lease
    until_lease = lease - now_ms()  # read first: between the two readings a process may stand still
    assert held.seconds_left() * 1000 < until_lease
    late = claim.Claim(**{**vars(held), "began": held.began - held.call_seconds})
    assert late.seconds_left() == 0


def test_a_job_of_a_provider_that_this_release_lacks_is_not_called(desk: Desk) -> None:
    job = desk.job()
    spoil(desk.own.db, job, provider="carrier_pigeon")
    assert desk.claim(job).seconds_left() == 0


def test_what_an_older_release_was_calling_may_have_taken_effect_until_its_lease(
    desk: Desk,
) -> None:
    job = desk.job()
    desk.claim(job)
    lease = now_ms() - 1
    desk.own.db.hdel(keys.job(job), "ends_ms")
    desk.own.db.zadd(keys.JOBS_LEASED, {job: lease})
    settling = desk.claim(job)
    assert (settling.mode, settling.job.ends_ms) == ("settle", lease)


def test_a_look_up_does_not_move_the_end_of_the_call(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    ended = desk.claim(job).job.ends_ms
    desk.again(job)
    assert desk.claim(job).job.ends_ms == ended


def test_without_time_left_nothing_is_called(desk: Desk) -> None:
    """As after a long stop of the process: another process has the job."""
    held = desk.claim(desk.job())
    late = claim.Claim(**{**vars(held), "began": held.began - held.call_seconds})
    ending = perform._outcome(desk.own, late, Reach())
    assert (ending.status, ending.outcome) == ("queued", "unavailable")
    assert "no time left" in ending.detail


def test_a_job_that_no_process_can_end_becomes_unknown(desk: Desk) -> None:
    job = desk.job()
    for _ in range(perform.MOST_CLAIMS + 1):
        held = desk.claim(job)
        desk.own.db.zadd(keys.JOBS_LEASED, {job: now_ms() - 1})
    assert perform._outcome(desk.own, held, Reach()).status == "unknown"


@pytest.mark.parametrize(("days", "kept"), [(1, 3), (10, 10), (400, 400)])
def test_an_ended_job_is_kept_for_the_days_of_retention(desk: Desk, days: int, kept: int) -> None:
    own = desk.own
    desk.own = replace(own, settings=replace(own.settings, retention_days=days))
    cancelled, sent = desk.job(), desk.job()
    desk.sent(desk.claim(sent), "1")
    found = ledger.by_id(own, cancelled)
    assert found
    retry_and_cancel.cancel(desk.own, found)
    for each in (cancelled, sent):
        assert kept * 86_400 - 60 < own.db.ttl(keys.job(each)) <= kept * 86_400
