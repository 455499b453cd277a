"""A receipt with our reference proves that the provider has a text whose answer was lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.jobs import claim, finish, ledger, receipts, record, retry_and_cancel, settle
from integration.jobs.record import Job
from integration.kernel.events import Receipt
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs import two_accounts
from tests.jobs.history import Desk
from tests.jobs.lane_desk import SENT

AT = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
ENDED = {"queued": "sent", "sent": "sent", "delivered": "delivered", "failed": "failed"}
"""What a receipt with such a status ends a job as that has not ended."""
each_status = pytest.mark.parametrize("status", ENDED)


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own=own, connection=connection)


def told(desk: Desk, reference: str, status: str = "sent", number: str = "n1") -> str:
    one = Receipt(provider_id=number, status=status, raw=status, at=AT, reference=reference)
    return receipts.receive(desk.own, desk.connection, replace(one, reason=f"Of {number}."))


def found(desk: Desk, job: str) -> Job:
    read = ledger.by_id(desk.own, job)
    assert read
    return read


@each_status
def test_it_settles_a_job_that_waits_for_its_look_up(desk: Desk, status: str) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    assert told(desk, job, status) == "applied"
    assert (found(desk, job).status, found(desk, job).provider_id) == (ENDED[status], "n1")
    assert claim.claim(desk.own, job, "t") is None
    assert desk.own.db.ttl(keys.job(job)) > 0


@each_status
def test_it_settles_a_job_that_was_not_found_and_is_to_be_sent_again(
    desk: Desk, status: str
) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    assert desk.asked(job).status == "queued"
    assert told(desk, job, status) == "applied"
    assert found(desk, job).status == ENDED[status]
    assert claim.claim(desk.own, job, "t") is None


@each_status
def test_one_that_comes_during_the_call_settles_it_where_the_answer_is_lost(
    desk: Desk, status: str
) -> None:
    job = desk.job()
    held = desk.claim(job)
    assert told(desk, job, status) == "parked"
    desk.lost(held)
    assert (found(desk, job).status, found(desk, job).provider_id) == (ENDED[status], "n1")
    assert len(found(desk, job).receipts) == 1


def test_one_that_comes_during_a_look_up_counts_more_than_an_absence(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))

    def while_read() -> None:
        assert told(desk, job) in ("parked", "repeated")

    assert desk.asked(job, while_read).status == "queued"
    assert found(desk, job).status == "sent"
    assert found(desk, job).message == "Sent."
    assert claim.claim(desk.own, job, "t") is None


def test_what_a_look_up_made_of_it_is_no_attempt_then(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    before = found(desk, job).attempts

    def while_read() -> None:
        told(desk, job)

    ending = desk.asked(job, while_read)
    assert ending.outcome == "not-sent"
    assert found(desk, job).status == "sent"
    assert found(desk, job).attempts == before


def test_who_records_an_ending_learns_the_status_of_the_job(desk: Desk) -> None:
    job = desk.job()
    held = desk.claim(job)
    assert told(desk, job, "delivered") == "parked"
    assert finish.finish(desk.own, held, settle.unknown(settle.UNASKED)) == "delivered"
    assert finish.finish(desk.own, held, SENT) == ""


def test_a_word_that_nobody_knows_settles_nothing(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    assert told(desk, job, "unknown") == "noted"
    assert found(desk, job).status == "sending"


@pytest.mark.parametrize("during", [True, False], ids=["during the call", "after it"])
def test_the_row_of_a_text_that_a_receipt_settled_is_no_other_jobs(
    desk: Desk, *, during: bool
) -> None:
    first, second = desk.job(), desk.job()
    held = desk.claim(first)
    if during:
        told(desk, first)
    desk.lost(held)
    desk.lost(desk.claim(second))
    if not during:
        told(desk, first)
    desk.row("n1")
    assert found(desk, first).status == "sent"
    assert desk.asked(second).status == "queued"


def retried(desk: Desk, number: str) -> str:
    """A job whose first send has this id and failed, and that is queued again."""
    job = desk.job()
    desk.sent(desk.claim(job), number)
    again(desk, job, number)
    return job


def again(desk: Desk, job: str, number: str) -> None:
    """Let the send with this id fail, and ask for another."""
    assert told(desk, "", "failed", number) == "applied"
    retry_and_cancel.retry(desk.own, found(desk, job))
    # Names of sends differ by the second.
    entry = found(desk, job).attempts[-1]["at"]
    attempts = desk.own.db.hget(keys.job(job), "attempts")
    earlier = f"2026-01-0{number}T10:00:00.000Z"
    desk.own.db.hset(keys.job(job), "attempts", attempts.replace(entry, earlier))
    name = record.reference(found(desk, job))
    desk.own.db.hset(keys.job(job), "sends_as", name)


def test_a_third_send_does_not_miss_that_the_second_arrived(desk: Desk) -> None:
    job = retried(desk, "1")
    second = record.reference(found(desk, job))
    held = desk.claim(job)
    desk.lost(held)
    assert told(desk, second, "failed", "2") == "applied"
    retry_and_cancel.retry(desk.own, found(desk, job))
    assert record.reference(found(desk, job)) != second
    assert told(desk, second, "sent", "2b") == "noted"
    assert told(desk, second, "delivered", "2c") == "applied"
    assert found(desk, job).status == "delivered"
    assert claim.claim(desk.own, job, "t") is None


def test_a_retry_notes_the_name_that_its_send_will_have(desk: Desk) -> None:
    job = desk.job()
    desk.sent(desk.claim(job), "1")
    assert told(desk, "", "failed", "1") == "applied"
    retry_and_cancel.retry(desk.own, found(desk, job))
    desk.claim(job)
    assert told(desk, job, number="n0") == "noted", "it is of an earlier send"
    assert told(desk, record.reference(found(desk, job))) == "parked", "it is of this send"


def test_rows_of_all_earlier_sends_are_not_the_third_ones(desk: Desk) -> None:
    job = retried(desk, "1")
    held = desk.claim(job)
    assert finish.finish(desk.own, held, replace(SENT, provider_id="2"))
    again(desk, job, "2")
    desk.own.db.hset(keys.job(job), "first_ms", wall_ms())
    desk.lost(desk.claim(job))
    desk.row("1")
    desk.row("2")
    assert desk.asked(job).status == "queued"


def test_the_id_of_the_current_send_replaces_that_of_the_first(desk: Desk) -> None:
    job = retried(desk, "1")
    desk.lost(desk.claim(job))
    name = record.reference(found(desk, job))
    assert told(desk, name, number="2") == "applied"
    assert (found(desk, job).status, found(desk, job).provider_id) == ("sent", "2")


def test_a_delivery_by_the_connection_that_was_left_stops_the_next(desk: Desk) -> None:
    given = {"api_key": "pf_other"}
    other = connections.make(workspace=WORKSPACE, provider="pairfon", label="O", settings=given)
    connections.save(desk.own, other)
    job = two_accounts.job(desk, other)
    assert two_accounts.moved(desk, desk.claim(job))
    assert told(desk, job, "sent", "a1") == "noted"
    assert told(desk, job, "failed", "a1") == "noted"
    assert found(desk, job).status == "queued"
    assert told(desk, job, "delivered", "a1") == "applied"
    assert found(desk, job).status == "delivered"
    assert claim.claim(desk.own, job, "t") is None


def test_two_retries_within_a_second_have_names_of_their_own(desk: Desk) -> None:
    job = desk.job()
    desk.sent(desk.claim(job), "1")
    names = []
    for number in ("1", "2", "3"):
        assert told(desk, "", "failed", number) == "applied"
        names.append(record.reference(retry_and_cancel.retry(desk.own, found(desk, job))))
        assert finish.finish(
            desk.own, desk.claim(job), replace(SENT, provider_id=f"{len(names) + 1}")
        )
    assert len(set(names)) == 3
