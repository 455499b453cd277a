"""What an event says beside the text: the own number, the media and the provider's opt-out word."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from integration.accounts.connections import Connection
from integration.inbound import inbox
from integration.inbound.commit import commit
from integration.kernel.events import MESSAGE, InboundMessage, Media
from integration.kernel.withheld import emptied_event
from integration.services import Services
from triggers.inbound_sms import TRIGGER

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
PLAIN = InboundMessage(provider_id="1", phone="+14155550123", message="", received_at=AT)
PICTURES = (
    Media(url="https://api.example.com/1", content_type="image/jpeg", size=48213, name="table.jpg"),
    Media(url="https://api.example.com/2", content_type="image/png"),
)


def event(own: Services, connection: Connection, message: InboundMessage) -> dict[str, Any]:
    commit(own, connection, [message], "webhook")
    [entry, *_] = inbox.newest(own, connection.workspace, MESSAGE, 1)
    return dict(entry.event)


def test_an_event_has_them_also_where_the_provider_says_nothing(
    own: Services, connection: Connection
) -> None:
    found = event(own, connection, PLAIN)
    assert {name: found[name] for name in ("to", "media", "opt_out")} == {
        "to": None,
        "media": [],
        "opt_out": None,
    }
    assert list(found) == list(TRIGGER.sample)


def test_pictures_without_a_text_are_an_event_with_all_of_them(
    own: Services, connection: Connection
) -> None:
    found = event(own, connection, replace(PLAIN, media=PICTURES))
    assert found["message"] == ""
    told = ("provider_url", "content_type", "size", "name")
    assert [tuple(each[name] for name in told) for each in found["media"]] == [
        ("https://api.example.com/1", "image/jpeg", 48213, "table.jpg"),
        ("https://api.example.com/2", "image/png", None, None),
    ]
    assert [list(each) for each in found["media"]] == [list(TRIGGER.sample["media"][0])] * 2


def test_they_are_no_part_of_a_messages_identity(own: Services, connection: Connection) -> None:
    known = commit(own, connection, [PLAIN], "webhook")
    more = replace(PLAIN, to="+14155550100", media=PICTURES, opt_out="stop", provider_id="x")
    assert known != [""]
    assert commit(own, connection, [more], "list") == [""]


def test_the_own_number_is_e164_where_it_certainly_is_a_number(
    own: Services, connection: Connection
) -> None:
    written = {"00 1 415 555 0100": "+14155550100", "60777": "60777", "Cafe": "Cafe"}
    for number, (raw, wanted) in enumerate(written.items()):
        message = replace(PLAIN, to=raw, message=f"Text {number}", provider_id=str(number))
        assert event(own, connection, message)["to"] == wanted


def test_a_trigger_filters_by_the_own_number(own: Services, connection: Connection) -> None:
    found = event(own, connection, replace(PLAIN, to="+14155550100", opt_out="stop"))
    assert found["opt_out"] == "stop"
    assert TRIGGER.wants(found, TRIGGER.inputs().load({"to": "1 (415) 555-0100"}))
    assert not TRIGGER.wants(found, TRIGGER.inputs().load({"to": "+14155550199"}))
    before = {name: value for name, value in found.items() if name != "to"}
    assert not TRIGGER.wants(before, TRIGGER.inputs().load({"to": "+14155550100"}))


def test_who_may_not_see_texts_sees_no_media(own: Services, connection: Connection) -> None:
    found = event(own, connection, replace(PLAIN, message="Look", media=PICTURES))
    shown = json.loads(emptied_event(json.dumps(found)))
    assert (shown["message"], shown["media"]) == ("", [])
    assert shown["withheld"] == ["message", "media"]


def test_a_full_number_without_a_plus_is_certain_where_its_provider_writes_them_so(
    own: Services, connection: Connection
) -> None:
    gateway = replace(connection, provider="http_gateway")
    written = {"447911123456": "+447911123456", "60777": "60777", "07911123456": "07911123456"}
    for number, (raw, named) in enumerate(written.items()):
        message = replace(PLAIN, phone=raw, to=raw, message="Yes", provider_id=str(number))
        found = event(own, gateway, message)
        assert found["phone"] == named
        assert found["to"] == raw, "a reply names it as the gateway takes it"
    plain = replace(PLAIN, phone="447911123456", provider_id="4")
    assert event(own, connection, plain)["phone"] == "447911123456", "other providers do not"
