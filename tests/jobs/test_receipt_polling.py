"""Receipts read from a provider's history: which texts are followed, and for how long."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import responses

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.jobs import receipt_polling
from integration.jobs.receipt_polling import FOLLOWED_MS
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import PHONE, TEXT, Desk, spoil
from tests.jobs.two_accounts import known

HISTORY = "http://127.0.0.1:9/chat/messages"


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def sent(desk: Desk, number: str = "n1") -> str:
    job = desk.job()
    desk.sent(desk.claim(job), number, timedelta())
    return job


def test_a_text_that_was_scheduled_days_before_is_followed_to_its_delivery(desk: Desk) -> None:
    job = sent(desk)
    # Others were made since.
    desk.own.db.delete(keys.jobs(WORKSPACE))
    spoil(desk.own.db, job, created_ms=wall_ms() - 3 * FOLLOWED_MS)
    row = {"id": "n1", "direction": "outbound", "phone": PHONE, "status": "delivered"}
    row |= {"message": TEXT, "created_at": datetime.now(UTC).isoformat()}
    with responses.RequestsMock() as upstream:
        upstream.get(HISTORY, json={"messages": [row]})
        receipt_polling.follow(desk.own, desk.connection)
    assert known(desk, job).status == "delivered"


def test_a_text_that_was_sent_a_day_ago_is_followed_no_more(desk: Desk) -> None:
    job = sent(desk)
    desk.own.db.hset(keys.job(job), "updated_ms", wall_ms() - FOLLOWED_MS)
    with responses.RequestsMock():
        receipt_polling.follow(desk.own, desk.connection)
    assert known(desk, job).status == "sent"


PLIVO = "https://api.plivo.com/v1/Account/MA0000000000EXAMPLE1/Message"


def plivo(own: Services) -> Desk:
    given = {"auth_id": "MA0000000000EXAMPLE1", "auth_token": "t", "sender_id": "+14155550100"}
    made = connections.make(workspace=WORKSPACE, provider="plivo", label="P", settings=given)
    connections.save(own, made)
    return Desk(own, made)


def test_a_provider_that_tells_the_status_of_one_message_is_asked_for_each(own: Services) -> None:
    desk = plivo(own)
    first, second = sent(desk, "u1"), sent(desk, "u2")
    with responses.RequestsMock() as upstream:
        for number, state in (("u1", "delivered"), ("u2", "queued")):
            row = {"message_uuid": number, "message_state": state, "error_code": "000"}
            upstream.get(f"{PLIVO}/{number}/", json=row)
        receipt_polling.follow(own, desk.connection)
    assert [known(desk, each).status for each in (first, second)] == ["delivered", "sent"]


def test_no_more_than_a_few_messages_are_asked_for_in_one_turn(own: Services) -> None:
    desk = plivo(own)
    for number in range(receipt_polling.MOST_NUMBERS + 2):
        sent(desk, f"u{number}")
    with responses.RequestsMock() as upstream:
        upstream.get(re.compile(f"{PLIVO}/.*"), json={"message_state": "sent"})
        receipt_polling.follow(own, desk.connection)
        assert len(upstream.calls) == receipt_polling.MOST_NUMBERS
