"""Receipts that show our reference find the send whose answer was lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integration.accounts.connections import Connection
from integration.jobs import claim, finish, ledger, receipts, record, retry_and_cancel, settle
from integration.jobs.finish import Ending
from integration.jobs.record import Job
from integration.kernel.events import Receipt
from integration.services import Services
from integration.store import keys
from tests.jobs.history import Desk
from tests.jobs.lane_desk import SENT

WAITS = replace(SENT, status="queued", outcome="unavailable", provider_id=None)
AT = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own=own, connection=connection)


def receipt(reference: str, status: str = "delivered", number: str = "77") -> Receipt:
    return Receipt(provider_id=number, status=status, raw=status, at=AT, reference=reference)


def unknown(desk: Desk) -> str:
    """A job whose answer was lost and whose provider cannot be asked."""
    job = desk.job()
    assert finish.finish(desk.own, desk.claim(job), settle.unknown(settle.UNASKED))
    return job


def found(desk: Desk, job: str) -> Job:
    read = ledger.by_id(desk.own, job)
    assert read
    return read


@pytest.mark.parametrize("status", ["sent", "delivered", "failed"])
def test_a_job_of_unknown_outcome_is_settled_by_a_receipt_with_its_reference(
    desk: Desk, status: str
) -> None:
    job = unknown(desk)
    assert receipts.receive(desk.own, desk.connection, receipt(job, status)) == "applied"
    assert (found(desk, job).status, found(desk, job).provider_id) == (status, "77")
    # The id is known from now on.
    expired = Receipt(provider_id="77", status="queued", raw="queued", at=AT)
    assert receipts.receive(desk.own, desk.connection, expired) == "noted"


def test_one_that_comes_while_the_outcome_is_looked_up_waits_for_it(desk: Desk) -> None:
    job = desk.job()
    held = desk.claim(job)
    for status in ("sent", "delivered"):
        assert receipts.receive(desk.own, desk.connection, receipt(job, status)) == "parked"
    assert found(desk, job).status == "sending"
    assert finish.finish(desk.own, held, settle.unknown(settle.UNASKED))
    assert found(desk, job).status == "delivered"
    assert len(found(desk, job).receipts) == 2
    assert not desk.own.db.exists(keys.parked(desk.connection.id, job))


def test_the_id_of_a_receipt_need_not_be_the_one_of_the_answer(desk: Desk) -> None:
    """Some gateways lose the zeros that the id of a send began with."""
    job = desk.job()
    assert finish.finish(desk.own, desk.claim(job), SENT)
    told = receipt(job, number="001")
    assert receipts.receive(desk.own, desk.connection, told) == "applied"
    assert (found(desk, job).status, found(desk, job).provider_id) == ("delivered", "1")


def test_another_connection_does_not_reach_the_job(desk: Desk) -> None:
    job = unknown(desk)
    other = desk.connection.__class__(**{**vars(desk.connection), "id": "conn_other"})
    assert receipts.receive(desk.own, other, receipt(job)) == "parked"
    assert found(desk, job).status == "unknown"


@pytest.mark.parametrize("reference", ["job_", "job_ffff", "x", "job_zz", "*", "%x"])
def test_a_reference_of_somebody_else_changes_nothing(desk: Desk, reference: str) -> None:
    job = unknown(desk)
    assert receipts.receive(desk.own, desk.connection, receipt(reference)) == "parked"
    assert found(desk, job).status == "unknown"


def test_a_late_receipt_of_the_first_send_stops_the_retry_that_has_not_left(desk: Desk) -> None:
    job = unknown(desk)
    retry_and_cancel.retry(desk.own, found(desk, job))
    assert receipts.receive(desk.own, desk.connection, receipt(job)) == "applied"
    assert found(desk, job).status == "delivered"


def test_the_retry_has_a_reference_of_its_own(desk: Desk) -> None:
    job = unknown(desk)
    retry_and_cancel.retry(desk.own, found(desk, job))
    held = desk.claim(job)
    name = record.reference(held.job)
    assert name != job
    assert receipts.receive(desk.own, desk.connection, receipt(name)) == "parked"
    ending: Ending = settle.unknown(settle.UNASKED)
    assert finish.finish(desk.own, held, ending)
    assert found(desk, job).status == "delivered"


def retried(desk: Desk) -> str:
    """A job that failed by a receipt, and is queued again."""
    job = desk.job()
    desk.sent(desk.claim(job), "1")
    assert receipts.receive(desk.own, desk.connection, receipt("", "failed", "1")) == "applied"
    retry_and_cancel.retry(desk.own, found(desk, job))
    return job


@pytest.mark.parametrize("ending", [SENT, WAITS], ids=["sent", "waits"])
def test_a_delivery_of_the_first_send_stays_whatever_the_second_comes_to(
    desk: Desk, ending: Ending
) -> None:
    job = retried(desk)
    held = desk.claim(job)
    assert receipts.receive(desk.own, desk.connection, receipt("", number="1")) == "applied"
    assert finish.finish(desk.own, held, ending)
    assert found(desk, job).status == "delivered"
    assert desk.own.db.ttl(keys.job(job)) > 0
    again = claim.claim(desk.own, job, "t")
    assert again is None


def test_a_job_that_a_receipt_ends_while_it_waits_expires(desk: Desk) -> None:
    job = retried(desk)
    assert receipts.receive(desk.own, desk.connection, receipt("", number="1")) == "applied"
    assert desk.own.db.ttl(keys.job(job)) > 0


@pytest.mark.parametrize("told", ["failed", "cancelled", "sent"])
@pytest.mark.parametrize("named", [True, False], ids=["by reference", "by id"])
def test_a_late_receipt_of_the_first_send_changes_nothing_of_the_second(
    desk: Desk, told: str, *, named: bool
) -> None:
    if named:
        job = unknown(desk)
        retry_and_cancel.retry(desk.own, found(desk, job))
    else:
        job = retried(desk)
    assert finish.finish(desk.own, desk.claim(job), replace(SENT, provider_id="2"))
    late = replace(receipt(job if named else "", told, "1"), reason="Late.")
    assert receipts.receive(desk.own, desk.connection, late) == "noted"
    assert receipts.receive(desk.own, desk.connection, replace(late, reason="Again.")) == "noted"
    assert (found(desk, job).status, found(desk, job).provider_id) == ("sent", "2")
    current = replace(receipt("", "failed", "2"), reason="Of the second.")
    assert receipts.receive(desk.own, desk.connection, current) == "applied"
    assert found(desk, job).status == "failed"


def test_a_release_before_finds_the_job_of_a_send_after_a_retry(desk: Desk) -> None:
    job = retried(desk)
    assert finish.finish(desk.own, desk.claim(job), replace(SENT, provider_id="2"))
    [month] = desk.own.db.scan_iter(keys.references(desk.connection.id, "*"))
    assert desk.own.db.hmget(month, ["1", "2"]) == [job, job]


def test_a_receipt_of_what_a_worker_of_a_release_before_sent_counts(desk: Desk) -> None:
    job = retried(desk)
    assert finish.finish(desk.own, desk.claim(job), replace(SENT, provider_id="2"))
    second = replace(receipt("", "failed", "2"), reason="Of the second.")
    assert receipts.receive(desk.own, desk.connection, second) == "applied"
    retry_and_cancel.retry(desk.own, found(desk, job))
    stale = desk.own.db.hmget(keys.job(job), "sent_as")
    assert finish.finish(desk.own, desk.claim(job), replace(SENT, provider_id="3"))
    # That worker leaves the record of the job's last send as it is, and writes the job's id alone.
    desk.own.db.hdel(keys.job(job), "sent_as")
    for each in filter(None, stale):
        desk.own.db.hset(keys.job(job), "sent_as", each)
    [month] = desk.own.db.scan_iter(keys.references(desk.connection.id, "*"))
    desk.own.db.hset(month, "3", job)
    desk.own.db.hdel(month, "3 send")
    third = replace(second, provider_id="3", reason="Of the third.")
    assert receipts.receive(desk.own, desk.connection, third) == "applied"


def test_that_the_first_send_arrived_counts_after_the_second_as_well(desk: Desk) -> None:
    job = retried(desk)
    assert finish.finish(desk.own, desk.claim(job), replace(SENT, provider_id="2"))
    assert receipts.receive(desk.own, desk.connection, receipt("", number="1")) == "applied"
    assert found(desk, job).status == "delivered"


def test_the_receipt_of_a_further_part_of_the_second_send_counts(desk: Desk) -> None:
    job = retried(desk)
    held = desk.claim(job)
    assert finish.finish(desk.own, held, replace(SENT, provider_id="2"))
    part = replace(receipt(record.reference(held.job), "failed", "3"), reason="Of a part.")
    assert receipts.receive(desk.own, desk.connection, part) == "applied"
    assert found(desk, job).status == "failed"


@pytest.mark.parametrize("later", ["sent", "failed", "queued", "unknown", "cancelled"])
def test_nothing_overwrites_delivered(desk: Desk, later: str) -> None:
    job = desk.job()
    assert finish.finish(desk.own, desk.claim(job), SENT)
    assert receipts.receive(desk.own, desk.connection, receipt("", number="1")) == "applied"
    assert receipts.receive(desk.own, desk.connection, receipt("", later, "1")) == "noted"
    assert found(desk, job).status == "delivered"
