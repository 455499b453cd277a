"""The box of a conversation answers as `reply-sms` does: by the way that the last text came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound.commit import commit
from integration.jobs import listing
from integration.jobs.record import Job
from integration.kernel.events import InboundMessage
from integration.services import Services
from tests.console.conftest import entered
from tests.console.visitor import Page
from tests.delivery.drains import WORKSPACE

USUAL, WRITTEN_TO, PERSON, CODE = "+15005550016", "+15005550006", "+14155550123", "40404"


@pytest.fixture
def inside(own: Services, twilio: Connection) -> Iterator[FlaskClient]:
    with entered(own, twilio.workspace) as client:
        yield client


@pytest.fixture
def twilio(own: Services) -> Connection:
    """An account with a usual sender, which nobody wrote to."""
    given = {
        "account_sid": "AC" + "0" * 32,
        "auth_token": "token",
        "sender_id": USUAL,
        "base_url": "http://127.0.0.1:9",
    }
    made = connections.make(workspace=WORKSPACE, provider="twilio", label="Twilio", settings=given)
    connections.save(own, made)
    return made


def received(own: Services, account: Connection, phone: str, to: str) -> None:
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    text = InboundMessage(
        provider_id=f"SM{phone}{to}", phone=phone, message="Open today?", received_at=at, to=to
    )
    commit(own, account, [text], "webhook")


def answered(own: Services, inside: FlaskClient, account: Connection, phone: str) -> Job:
    """The job that the box on the page makes."""
    query = {"connection": account.id, "phone": phone}
    page = inside.get("/console/conversation", query_string=query)
    form = {**Page(page.text).forms[""], "message": "We are."}
    answer = inside.post("/console/conversation", query_string=query, data=form)
    assert answer.status_code == 303, Page(answer.text).text
    [job] = listing.listed(own, WORKSPACE, 10, None)[0]
    return job


def test_an_answer_goes_out_from_the_number_that_was_written_to(
    own: Services, inside: FlaskClient, twilio: Connection
) -> None:
    received(own, twilio, PERSON, to=WRITTEN_TO)
    job = answered(own, inside, twilio, PERSON)
    assert (job.input["phone"], job.input["sender_id"]) == (PERSON, WRITTEN_TO)


def test_a_short_code_is_answered_as_it_is_written(
    own: Services, inside: FlaskClient, twilio: Connection
) -> None:
    received(own, twilio, CODE, to=WRITTEN_TO)
    assert answered(own, inside, twilio, CODE).input["phone"] == CODE


def test_a_national_number_is_no_short_code(own: Services, twilio: Connection) -> None:
    """The region may have been set since that text came."""
    received(own, twilio, "22123456", to=WRITTEN_TO)
    norway = replace(own, settings=replace(own.settings, default_region="NO"))
    with entered(norway, twilio.workspace) as client:
        assert answered(norway, client, twilio, "22123456").input["phone"] == "+4722123456"


def test_a_name_that_the_account_does_not_text_is_called_one(
    own: Services, inside: FlaskClient, twilio: Connection
) -> None:
    received(own, twilio, "MyBank", to=WRITTEN_TO)
    here = f"/console/conversation?connection={twilio.id}&phone=MyBank"
    form = Page(inside.get(here).text).forms[""]
    told = inside.post(here, data={**form, "message": "Stop it."})
    assert "MyBank is a name, which Twilio does not text" in Page(told.text).text
