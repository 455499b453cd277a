"""A job that may go through several connections: when it moves on, and what moves with it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.jobs import (
    claim,
    failover,
    finish,
    legs,
    new_jobs,
    opted_out,
    receipts,
    retry_and_cancel,
    settle,
    sweep,
    withdraw,
)
from integration.jobs.finish import ABSENT, NOT_SENT, Ending
from integration.jobs.settle import ELSEWHERE
from integration.kernel.events import Receipt
from integration.opt_outs import by_hand, wanted
from integration.opt_outs.by_hand import Entry
from integration.opt_outs.wanted import Rules
from integration.services import Services
from integration.store import keys, past
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import DEVICE, PHONE, TEXT, Desk
from tests.jobs.lane_desk import back
from tests.jobs.put_back import copy_of, held, meeting, work
from tests.jobs.two_accounts import REFUSED, attempts, job, known, moved, places, silent


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


@pytest.fixture
def other(own: Services) -> Connection:
    given = {"api_key": "pf_other", "base_url": "http://127.0.0.1:9"}
    made = connections.make(workspace=WORKSPACE, provider="pairfon", label="Other", settings=given)
    connections.save(own, made)
    return made


def test_a_refused_job_moves_from_one_lane_to_the_next_in_one_step(
    desk: Desk, other: Connection
) -> None:
    made = job(desk, other)
    first = desk.claim(made)
    assert places(desk, desk.connection, made) == {"out", "fallbacks"}
    assert moved(desk, first)
    assert places(desk, desk.connection, made) == set()
    assert places(desk, other, made) == {"out"}
    found = known(desk, made)
    assert (found.status, found.connection, found.error) == ("queued", other.id, None)
    assert dict(found.input) == {"phone": PHONE, "message": TEXT}
    second = desk.claim(made)
    assert (second.mode, second.job.connection) == ("send", other.id)
    assert second.account["id"] == other.id
    assert failover.after(desk.own, second, REFUSED) is None, "no connection is left"


def test_a_run_whose_job_another_process_has_moves_nothing(desk: Desk, other: Connection) -> None:
    made = job(desk, other)
    first = desk.claim(made)
    assert moved(desk, first)
    assert not moved(desk, first), "the same call again, whose answer was lost"
    assert places(desk, desk.connection, made) == set()
    assert known(desk, made).connection == other.id


def test_a_text_that_arrived_by_its_first_send_goes_on_through_no_other_connection(
    desk: Desk, other: Connection
) -> None:
    made = job(desk, other)
    assert finish.finish(desk.own, desk.claim(made), replace(REFUSED, provider_id="1"))
    retry_and_cancel.retry(desk.own, known(desk, made))
    second = desk.claim(made)
    at = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
    told = Receipt(provider_id="1", status="delivered", raw="delivered", at=at)
    assert receipts.receive(desk.own, desk.connection, told) == "applied"
    assert not moved(desk, second)
    assert finish.finish(desk.own, second, REFUSED)
    assert known(desk, made).status == "delivered"
    assert places(desk, other, made) == set()


def test_a_connection_that_is_gone_is_passed_over(desk: Desk, other: Connection) -> None:
    third = connections.make(
        workspace=WORKSPACE, provider="pairfon", label="Third", settings={"api_key": "pf_third"}
    )
    connections.save(desk.own, third)
    held = desk.claim(job(desk, other, third))
    connections.forget(desk.own, other)
    leg = failover.after(desk.own, held, REFUSED)
    assert leg
    assert (leg.connection.id, leg.rest) == (third.id, [])
    connections.forget(desk.own, third)
    assert failover.after(desk.own, held, REFUSED) is None


@pytest.mark.parametrize(
    ("entries", "moves"),
    [
        ([("unavailable", "?"), ("rejected", "?")], True),
        ([("unknown", "?")], False),
        ([("unknown", "?"), (NOT_SENT, "It is asked to do it again.")], False),
        ([("unknown", "?"), (NOT_SENT, ABSENT)], True),
        ([("unknown", "?"), (NOT_SENT, ABSENT), ("unknown", "?")], False),
    ],
)
def test_only_a_job_of_which_nothing_was_sent_for_certain_moves(
    desk: Desk, other: Connection, entries: list[tuple[str, str]], moves: bool
) -> None:
    made = job(desk, other)
    attempts(desk, made, *entries)
    assert (failover.after(desk.own, desk.claim(made), REFUSED) is not None) == moves
    waits = job(desk, other)
    attempts(desk, waits, *entries)
    silent(desk, 60)
    assert (known(desk, waits).connection == other.id) == moves


def test_who_opted_out_of_an_account_gets_no_text_that_left_it_in_silence(
    desk: Desk, other: Connection
) -> None:
    wanted.store(desk.own.db, WORKSPACE, Rules(True))
    made, action = job(desk, other), desk.own.catalog.action("send_sms")
    by_hand.add(desk.own, [Entry(phone=PHONE, home=desk.connection)])
    silent(desk, 60)
    held = desk.claim(made)
    assert held.job.connection == other.id
    ending = opted_out.refusal(desk.own, other, action, held)
    assert ending
    assert ending.error
    assert ending.error["code"] == opted_out.CODE
    by_hand.lift(desk.own, [desk.connection], PHONE, "", "Agreed.")
    assert opted_out.refusal(desk.own, other, action, held) is None


@pytest.mark.parametrize(("seconds", "after", "moves"), [(60, 0, True), (60, 61, False)])
def test_jobs_leave_an_account_that_is_silent_for_as_long_as_they_allow(
    desk: Desk, other: Connection, seconds: int, after: int, moves: bool
) -> None:
    made = [job(desk, other, after=after) for _ in range(5)]
    silent(desk, seconds)
    assert [known(desk, each).connection == other.id for each in made] == [moves] * 5
    assert {known(desk, each).status for each in made} == {"queued"}


def test_an_account_that_answers_keeps_its_jobs_however_long_they_wait(
    desk: Desk, other: Connection
) -> None:
    made = job(desk, other)
    desk.own.db.zadd(keys.LANES, {desk.connection.id: 0})
    sweep.sweep(desk.own)
    assert known(desk, made).connection == desk.connection.id
    held = desk.claim(made)
    finish.finish(desk.own, held, Ending(status="sent", message="", outcome="sent", detail=""))
    assert places(desk, desk.connection, made) == set()


def test_a_job_in_flight_is_not_taken_from_its_run(desk: Desk, other: Connection) -> None:
    held = desk.claim(job(desk, other))
    silent(desk, 60)
    assert known(desk, held.job.id).connection == desk.connection.id
    back(desk, held, "silent")
    attempts(desk, held.job.id, ("unavailable", "?"))
    desk.own.db.zadd(keys.lane_fallbacks(desk.connection.id), {held.job.id: 0})
    silent(desk, 60)
    assert known(desk, held.job.id).connection == other.id


def test_a_retry_begins_with_the_first_connection_again(desk: Desk, other: Connection) -> None:
    made = job(desk, other)
    accepted = new_jobs.as_accepted(known(desk, made))
    moved(desk, desk.claim(made))
    second = desk.claim(made)
    finish.finish(desk.own, second, replace(REFUSED, of_account=False))
    assert new_jobs.as_accepted(known(desk, made)) == accepted
    again = retry_and_cancel.retry(desk.own, known(desk, made))
    assert (again.connection, again.input["device_fingerprint"]) == (desk.connection.id, DEVICE)
    assert legs.left(again) == [other.id]
    assert moved(desk, desk.claim(made))
    retry_and_cancel.cancel(desk.own, known(desk, made))
    assert places(desk, other, made) == set()


def test_what_was_not_confirmed_leaves_no_trace(desk: Desk, other: Connection) -> None:
    made = job(desk, other)
    call = withdraw.WITHDRAW(
        workspace=WORKSPACE, lane=desk.connection.id, idempotency="", jobs=[made]
    )
    assert call.run(desk.own.db) == []
    assert places(desk, desk.connection, made) == set()


def test_an_equal_text_that_moved_on_left_no_row_in_the_history(
    desk: Desk, other: Connection
) -> None:
    moved(desk, desk.claim(job(desk, other)))
    lost = desk.job()
    desk.lost(desk.claim(lost))
    desk.row("1", timedelta(seconds=30))
    desk.again(lost)
    assert desk.asked(lost).status == "sent"


@pytest.fixture
def met(desk: Desk) -> Iterator[Desk]:
    with meeting(desk.own):
        yield desk


def test_after_a_store_was_put_back_nobody_knows_which_account_it_went_to(
    met: Desk, other: Connection
) -> None:
    made = job(met, other)
    put_back = copy_of(met.own)
    work(met)
    put_back()
    again = held(met, made)
    assert (again.mode, again.job.past) == ("settle", past.PROVED)
    assert settle.moved(again) == ELSEWHERE


@pytest.mark.parametrize("legs_field", ["[]", "{", '{"next": 1, "after": "x", "first": {}}'])
def test_damaged_legs_move_nothing(desk: Desk, other: Connection, legs_field: str) -> None:
    made = job(desk, other)
    desk.own.db.hset(keys.job(made), "legs", legs_field)
    silent(desk, 60)
    found = claim.claim(desk.own, made, secrets.token_hex(8))
    assert found
    assert failover.after(desk.own, found, REFUSED) is None
    assert found.job.connection == desk.connection.id
