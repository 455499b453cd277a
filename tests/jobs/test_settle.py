"""Whose trace is it: what a provider's history proves about a job whose answer was lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from integration.accounts.connections import Connection
from integration.jobs import ledger, receipts, retry_and_cancel
from integration.kernel.events import Receipt
from integration.kernel.signs import NO_SIGN
from integration.services import Services
from integration.store.clock import now_ms
from tests.jobs.history import TEXT, Desk

MINUTES = timedelta(minutes=1)


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def test_a_trace_of_our_own_proves_that_it_was_sent(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    desk.row("1")
    ending = desk.asked(job)
    assert (ending.status, ending.provider_id) == ("sent", "1")


def test_a_trace_of_a_failure_ends_the_job_as_failed(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    desk.row("1", status="failed")
    ending = desk.asked(job)
    assert (ending.status, ending.provider_id) == ("failed", "1")


def test_without_a_trace_it_is_sent_again(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    assert desk.asked(job).status == "queued"


def test_what_was_answered_twice_without_a_sign_is_for_a_person_to_decide(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job), detail=f"It {NO_SIGN}.")
    assert desk.asked(job).status == "queued"
    desk.lost(desk.claim(job), detail="It broke off.")
    assert desk.asked(job).status == "queued"
    desk.lost(desk.claim(job), detail=f"It {NO_SIGN}.")
    ending = desk.asked(job)
    assert (ending.status, "twice" in ending.message) == ("unknown", True)


def test_an_absence_proves_nothing_until_the_provider_had_the_time_to_write(desk: Desk) -> None:
    job = desk.job()
    held = desk.claim(job)
    desk.lost(held, ago_ms=5_000)
    ending = desk.asked(job)
    assert ending.status == "sending"
    assert ending.later_ms < held.job.ends_ms + 60_000, "the look-up that can prove it comes soon"
    desk.again(job)
    desk.row("1")
    assert desk.asked(job).status == "sent"


def test_a_process_that_died_leaves_a_call_as_long_as_any(desk: Desk) -> None:
    job = desk.job()
    held = desk.claim(job)
    desk.again(job)
    assert held.job.ends_ms > now_ms()
    assert desk.asked(job).status == "sending"
    desk.own.db.hset(f"hl:job:{job}", "ends_ms", now_ms() - 31_000)
    desk.again(job)
    assert desk.asked(job).status == "queued"


@pytest.mark.parametrize(
    ("refusal", "then"),
    [(200, "sending"), (302, "sending"), (401, "sending"), (403, "sending"), (404, "unknown")],
)
def test_a_history_that_an_operator_can_mend_is_asked_again(
    desk: Desk, refusal: int, then: str
) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    assert desk.asked(job, while_read=desk.refused(refusal)).status == then


def test_after_a_day_nobody_is_asked_any_more(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job), ago_ms=90_000_000)
    assert desk.asked(job, while_read=desk.away).status == "unknown"


@pytest.mark.parametrize(
    "row",
    [
        {"message": "Your table is rea"},
        {"message": "YOUR TABLE IS READY"},
        {"sim_slot": "SIM2"},
        {"ago": timedelta(minutes=20)},
        {"ago": timedelta(hours=14)},
    ],
    ids=["cut", "another case", "another SIM", "a slow clock", "a time without its zone"],
)
def test_a_row_that_may_be_ours_forbids_a_second_send(desk: Desk, row: dict[str, Any]) -> None:
    job = desk.job(sim_slot="SIM1")
    desk.lost(desk.claim(job))
    desk.row("1", **row)
    ending = desk.asked(job)
    assert ending.status == "unknown"
    assert "retry or leave it" in ending.message


@pytest.mark.parametrize(
    ("number", "shown"), [("queue-1", f"{TEXT}!"), ("1", ""), ("1", TEXT.upper())]
)
def test_a_row_of_another_job_does_not_count(desk: Desk, number: str, shown: str) -> None:
    other = desk.job(f"{TEXT}!")
    desk.sent(desk.claim(other), number)
    desk.row("1", message=shown)
    job = desk.job()
    desk.lost(desk.claim(job))
    assert desk.asked(job).status == "queued"


@pytest.mark.parametrize(
    "text", [f"{TEXT}\n", f" {TEXT}", f"{TEXT}\r\n", TEXT.replace(" ", "\u00a0")]
)
def test_a_row_in_another_spelling_is_ours(desk: Desk, text: str) -> None:
    job = desk.job(text)
    desk.lost(desk.claim(job))
    desk.row("1")
    assert desk.asked(job).status == "sent"


@pytest.mark.parametrize("joins", [True, False])
def test_the_trace_of_an_equal_text_is_not_ours(desk: Desk, joins: bool) -> None:
    first, second = desk.job(), desk.job()
    desk.sent(desk.claim(first), "1" if joins else "queue-1")
    desk.row("1")
    desk.lost(desk.claim(second))
    assert desk.asked(second).status == "queued"


@pytest.mark.parametrize("joins", [True, False])
def test_of_two_traces_one_is_ours(desk: Desk, joins: bool) -> None:
    first, second = desk.job(), desk.job()
    desk.sent(desk.claim(first), "1" if joins else "queue-1")
    desk.row("1")
    desk.lost(desk.claim(second))
    desk.row("2")
    assert desk.asked(second).provider_id == "2"


def test_two_lost_answers_and_one_trace_are_for_a_person_to_tell_apart(desk: Desk) -> None:
    first, second = desk.job(), desk.job()
    for job in (first, second):
        desk.lost(desk.claim(job))
    desk.row("1")
    assert desk.asked(first).status == "unknown"
    assert desk.asked(second).status == "unknown"


def test_two_lost_answers_and_two_traces_are_two_texts(desk: Desk) -> None:
    first, second = desk.job(), desk.job()
    for job in (first, second):
        desk.lost(desk.claim(job))
    desk.row("1")
    desk.row("2")
    assert {desk.asked(each).provider_id for each in (first, second)} == {"1", "2"}


def test_a_receipt_that_comes_today_does_not_make_an_old_text_young(desk: Desk) -> None:
    """The old text's row lies before the time that settling reads.

    Counted as young it would use up our own row, and the text would go out twice."""
    old = desk.job()
    desk.sent(desk.claim(old), "1", ago=10 * MINUTES)
    desk.row("1", ago=10 * MINUTES)
    job = desk.job()
    desk.lost(desk.claim(job))
    desk.row("2")
    told = Receipt(provider_id="1", status="delivered", raw="delivered", at=desk.rows[1].at)
    assert receipts.receive(desk.own, desk.connection, told) == "applied"
    assert desk.asked(job).provider_id == "2"


def test_a_text_that_was_found_long_after_it_left_does_not_count_as_young(desk: Desk) -> None:
    old = desk.job()
    desk.lost(desk.claim(old))
    desk.row("1", ago=1 * MINUTES)
    assert desk.asked(old).provider_id == "1"
    desk.rows[0] = desk.rows[0].__class__(
        **{**vars(desk.rows[0]), "at": desk.rows[0].at - 9 * MINUTES}
    )
    job = desk.job()
    desk.lost(desk.claim(job))
    desk.row("2")
    assert desk.asked(job).provider_id == "2"


def test_a_row_that_is_not_shown_yet_is_waited_for(desk: Desk) -> None:
    """The equal text was just taken, and the only row there may be ours as well as its own."""
    first, second = desk.job(), desk.job()
    desk.sent(desk.claim(first), "1", ago=timedelta())
    desk.lost(desk.claim(second))
    desk.row("2")
    assert desk.asked(second).status == "sending"
    desk.row("1")
    desk.again(second)
    assert desk.asked(second).provider_id == "2"


def test_an_equal_text_under_way_is_waited_for(desk: Desk) -> None:
    first, second = desk.job(), desk.job()
    desk.lost(desk.claim(second))
    held = desk.claim(first)
    desk.row("1")
    assert desk.asked(second).status == "sending"
    desk.sent(held, "1")
    desk.again(second)
    assert desk.asked(second).status == "queued"


def test_an_equal_text_that_is_sent_while_we_read_is_waited_for(desk: Desk) -> None:
    first, second = desk.job(), desk.job()
    desk.lost(desk.claim(second))
    desk.row("1")
    now = timedelta()
    ending = desk.asked(second, while_read=lambda: desk.sent(desk.claim(first), "queue-1", now))
    assert ending.status == "sending"


def test_the_row_of_a_first_life_does_not_prove_the_retry(desk: Desk) -> None:
    job = desk.job()
    desk.sent(desk.claim(job), "1")
    desk.row("1")
    told = Receipt(provider_id="1", status="failed", raw="failed", at=desk.rows[0].at)
    receipts.receive(desk.own, desk.connection, told)
    found = ledger.by_id(desk.own, job)
    assert found
    retry_and_cancel.retry(desk.own, found)
    desk.lost(desk.claim(job))
    assert desk.asked(job).status == "queued"
