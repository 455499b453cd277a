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
from integration.opt_outs import register, wanted
from integration.opt_outs.wanted import Rules
from integration.opt_outs.wish import BY_HAND, Wish
from integration.services import Services
from integration.store.clock import wall_ms
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


@pytest.mark.parametrize(
    ("phone", "said"),
    [
        ("MyBank", "This sender is a name, which Twilio does not text."),
        ("Our Bank of Ohio", "This sender is a name, which Twilio does not text."),
        ("4155550123", "This sender is a number without a country code, which Twilio does not"),
    ],
)
def test_who_cannot_be_texted_is_offered_no_box_and_the_page_says_why(
    own: Services, inside: FlaskClient, twilio: Connection, phone: str, said: str
) -> None:
    received(own, twilio, phone, to=WRITTEN_TO)
    query = {"connection": twilio.id, "phone": phone}
    page = Page(inside.get("/console/conversation", query_string=query).text)
    assert said in page.text
    assert "" not in page.forms


def test_who_has_opted_out_is_offered_no_box_until_the_opt_out_is_lifted(
    own: Services, inside: FlaskClient, twilio: Connection
) -> None:
    wanted.store(own.db, WORKSPACE, Rules(True))
    query = {"connection": twilio.id, "phone": PERSON}
    received(own, twilio, PERSON, to=WRITTEN_TO)
    for out in (True, False):
        at = wall_ms() + (not out)
        wish = Wish(
            connection=twilio.id, phone=PERSON, sender=WRITTEN_TO, out=out, at_ms=at, by=BY_HAND
        )
        register.record(own, twilio, wish)
        page = Page(inside.get("/console/conversation", query_string=query).text)
        assert ("This person wants no more texts" in page.text) is out
        assert ("" in page.forms) is not out
