"""A gateway that tells no time of a message: its id tells that it calls again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integration.accounts.connections import Connection
from integration.inbound import inbox, sightings
from integration.inbound.commit import commit
from integration.kernel.events import MESSAGE, InboundMessage
from integration.kernel.webhooks import WebhookCall
from integration.services import Services
from providers.http_gateway import HttpGateway
from tests.contract.recordings import connect

JASMIN = {
    "base_url": "https://gateway.example.com",
    "preset": "jasmin",
    "username": "u",
    "api_key": "p_0123456789",
}
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
WEEKS_END = datetime(2026, 12, 2, 23, 59, 59, tzinfo=UTC)
"""The last second of a week, as weeks since 1970 count."""


def called(at: datetime, *, id: str = "91bf", text: str = "Yes", time: str = "") -> InboundMessage:
    fields = f"id={id}&from=447700900001&to=60777&coding=0&content={text}"
    body = f"{fields}&binary={text.encode().hex()}{time and f'&time={time}'}".encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    url = "https://h.example/ingress/x"
    call = WebhookCall(method="POST", url=url, query=(), headers=headers, body=body, at=at)
    given = JASMIN | ({"inbound": "time=time"} if time else {})
    [found] = connect(HttpGateway, given).read_webhook(call)
    assert isinstance(found, InboundMessage)
    return found


def came(own: Services, connection: Connection, *messages: InboundMessage) -> list[bool]:
    return [bool(commit(own, connection, [each], "webhook")[0]) for each in messages]


@pytest.mark.parametrize("start", [AT, WEEKS_END], ids=["within a week", "over its end"])
def test_a_call_that_is_repeated_later_is_one_message(
    own: Services, connection: Connection, start: datetime
) -> None:
    again = [called(start + timedelta(seconds=seconds)) for seconds in (30, 60, 4000)]
    assert came(own, connection, called(start), *again) == [True, False, False, False]


def test_another_id_sender_or_text_makes_another_message(
    own: Services, connection: Connection
) -> None:
    first, later = called(AT), AT + timedelta(hours=3)
    other = [called(later, id="91c0"), called(later, text="No"), replace(first, phone="+4477009")]
    assert came(own, connection, first, *other) == [True] * 4, "a gateway may count again from 1"


def test_without_an_id_each_call_counts(own: Services, connection: Connection) -> None:
    first = called(AT, id="")
    assert first.provider_id is None
    assert came(own, connection, first, called(AT + timedelta(seconds=30), id="")) == [True, True]


def test_a_time_of_its_own_tells_two_messages_apart(own: Services, connection: Connection) -> None:
    moments = "2026-11-30T11:00:00Z", "2026-11-30T11:05:00Z"
    assert came(own, connection, *(called(AT, time=each) for each in moments)) == [True, True]


def test_its_way_tells_the_channel_that_showed_it(own: Services, connection: Connection) -> None:
    came(own, connection, called(AT), called(AT + timedelta(seconds=30)))
    [entry] = inbox.newest(own, connection.workspace, MESSAGE, 1)
    assert sightings.shown(own, entry.event) == ({"webhook": 1}, 1)
