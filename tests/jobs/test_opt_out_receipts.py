"""Receipts by which a provider says that a recipient has opted out: they fill the register."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integration.accounts.connections import Connection
from integration.jobs import receipts
from integration.kernel.events import Receipt
from integration.opt_outs import register, wanted
from integration.opt_outs.wanted import Rules
from integration.opt_outs.wish import BY_WORD, Wish
from integration.services import Services
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import PHONE, Desk

OWN = "+14155550100"


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    wanted.store(own.db, WORKSPACE, Rules(True))
    return Desk(own, connection)


def refused(number: str = "77", reference: str = "", **more: str) -> Receipt:
    at, code = datetime.now(UTC), more.pop("opt_out_code", "21610")
    return Receipt(
        provider_id=number,
        status="failed",
        raw="failed",
        at=at,
        reference=reference,
        opt_out_code=code,
    )


def wish(desk: Desk, sender: str = "") -> Wish | None:
    return register.opted_out(desk.own, desk.connection, PHONE, sender)


def test_such_a_receipt_opts_out_from_the_sender_of_the_text(desk: Desk) -> None:
    job = desk.job(sender_id=OWN)
    desk.sent(desk.claim(job), "77")
    assert receipts.receive(desk.own, desk.connection, refused()) == "applied"
    found = wish(desk, OWN)
    assert found
    assert (found.by, found.note) == ("provider", "21610")
    assert wish(desk, "+14155550101") is None


def test_one_that_comes_before_its_send_is_recorded_counts_too(desk: Desk) -> None:
    job = desk.job()
    desk.claim(job)
    assert receipts.receive(desk.own, desk.connection, refused(reference=job)) == "parked"
    assert wish(desk)


def test_one_about_a_text_that_is_not_ours_changes_nothing(desk: Desk) -> None:
    job = desk.job()
    other = replace(desk.connection, id="conn_other")
    assert receipts.receive(desk.own, desk.connection, refused()) == "parked"
    assert receipts.receive(desk.own, other, refused(reference=job)) == "parked"
    assert wish(desk) is None


def test_any_other_receipt_and_a_workspace_without_a_register_record_nothing(desk: Desk) -> None:
    desk.sent(desk.claim(desk.job()), "77")
    receipts.receive(desk.own, desk.connection, refused(opt_out_code=""))
    assert wish(desk) is None
    wanted.store(desk.own.db, WORKSPACE, Rules(False))
    receipts.receive(desk.own, desk.connection, refused())
    assert wish(desk) is None


def test_a_receipt_that_is_repeated_undoes_no_start(desk: Desk) -> None:
    desk.sent(desk.claim(desk.job()), "77")
    told = replace(refused(), at=datetime.now(UTC) - timedelta(minutes=5))
    receipts.receive(desk.own, desk.connection, told)
    start = Wish(
        connection=desk.connection.id,
        phone=PHONE,
        sender="",
        out=False,
        at_ms=wall_ms(),
        by=BY_WORD,
    )
    assert register.record(desk.own, desk.connection, start)
    assert receipts.receive(desk.own, desk.connection, told) == "repeated"
    assert wish(desk) is None
