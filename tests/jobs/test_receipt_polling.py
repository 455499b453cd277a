"""Receipts read from a provider's history: which texts are followed, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import responses

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
