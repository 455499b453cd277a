"""Twilio through the whole service: a text out and its receipt, a lost answer, a text in."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import requests

from proofs.rig.patience import well
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from sandbox.twilio_state import NUMBER, UNNAMED, sid

PHONE = "+14155550123"
SEND = "POST /twilio/2010-04-01"


@pytest.fixture
def key(world: World) -> str:
    return f"tw_{world.name}"


@pytest.fixture
def connection(world: World, key: str) -> dict[str, Any]:
    answer = world.post(
        "/v1/connections",
        provider="twilio",
        account_sid=sid("AC", key),
        auth_token=key,
        sender_id=NUMBER,
        base_url=f"{world.stack.sandbox.url}/twilio/2010-04-01",
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    well(answer, lambda: world.post(f"/v1/connections/{made['id']}/test"))
    found: dict[str, Any] = world.get(f"/v1/connections/{made['id']}")
    return found


@pytest.fixture
def address(world: World, key: str, connection: dict[str, Any]) -> str:
    """Where the number calls, as its owner entered it in Twilio's console."""
    url = str(connection["ingress_url"])
    world.control("PUT", "settings", {"callback_url": url}, key)
    return url


def test_a_text_goes_out_and_its_receipts_tell_that_it_arrived(
    world: World, key: str, connection: dict[str, Any]
) -> None:
    job = world.settled(world.send(wait=20).json()["id"], "delivered")
    [sent] = world.sends(key)
    assert (job["provider_id"], job["connection"]) == (sent["message_id"], connection["id"])
    assert sent["sender_id"] == NUMBER
    until(lambda: len(world.job(job["id"])["receipts"]) == 2, "both receipts")


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
@pytest.mark.usefixtures("connection")
def test_a_text_whose_answer_is_lost_goes_out_once(world: World, key: str, kind: str) -> None:
    world.fault(kind, SEND, key)
    job = world.send().json()["id"]
    until(lambda: world.job(job)["attempts"], "the first attempt")
    world.proved(job)
    assert len(world.sends(key)) == 1


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
@pytest.mark.usefixtures("connection")
def test_a_picture_whose_answer_is_lost_goes_out_once(world: World, key: str, kind: str) -> None:
    world.fault(kind, SEND, key)
    given = {"phone": PHONE, "media_url": f"{world.stack.sandbox.url}/a.png"}
    answer = world.post("/v1/actions/send-mms", **given)
    assert answer.status_code == 202, answer.text
    job = answer.json()["id"]
    until(lambda: world.job(job)["attempts"], "the first attempt")
    world.proved(job)
    assert len(world.sends(key)) == 1


@pytest.mark.usefixtures("address")
def test_a_text_comes_in_by_a_signed_webhook(world: World, key: str) -> None:
    given = {"phone": PHONE, "message": "Yes, see you at 5", "media": 1}
    made = world.control("POST", "inbound", given, key)
    [event] = until(world.inbox, "the text")
    assert (event["provider_id"], event["phone"], event["to"]) == (made["id"], PHONE, NUMBER)
    assert event["message"] == "Yes, see you at 5"
    assert [each["content_type"] for each in event["media"]] == ["image/png"]
    [push] = until(lambda: _answered(world, key), "the answer to the webhook")
    assert push["attempts"][0]["code"] == 200


@pytest.mark.usefixtures("address")
def test_a_text_whose_webhook_is_lost_comes_by_the_list_and_each_comes_once(
    world: World, key: str
) -> None:
    assert world.inbox() == []
    both = {"phone": PHONE, "message": "By both", "media": 1}
    lost = {"phone": PHONE, "message": "By the list", "media": 1, "webhook": False}
    world.control("POST", "inbound", [both, lost], key)
    until(lambda: len(world.inbox()) == 2, "both texts")
    before = _lists(world, key)
    until(lambda: world.inbox() and _lists(world, key) > before + 2, "further looks at the list")
    assert sorted(each["message"] for each in world.inbox()) == ["By both", "By the list"]
    assert [len(each["media"]) for each in world.inbox()] == [1, 1]


@pytest.mark.usefixtures("address")
def test_a_reply_leaves_from_the_number_that_was_texted(world: World, key: str) -> None:
    given = {"phone": PHONE, "message": "Are you open?", "to": UNNAMED}
    world.control("POST", "inbound", given, key)
    [event] = until(world.inbox, "the text")
    answer = world.post("/v1/actions/reply-sms", message_id=event["id"], message="Until 6", wait=20)
    assert answer.status_code == 200, answer.text
    [sent] = world.sends(key)
    assert (sent["sender_id"], sent["phone"], sent["text"]) == (UNNAMED, PHONE, "Until 6")


@pytest.mark.usefixtures("connection")
def test_who_said_stop_to_twilio_is_not_texted(world: World, key: str) -> None:
    stop = {"phone": PHONE, "message": "STOP", "webhook": False, "list": False}
    world.control("POST", "inbound", stop, key)
    job = world.settled(world.send().json()["id"], "failed")
    assert (job["error"]["code"], job["error"]["provider_code"]) == ("opted_out", "21610")
    assert world.sends(key) == []


def test_a_webhook_without_a_signature_is_refused(world: World, address: str) -> None:
    form = {"MessageSid": f"SM{1:032x}", "From": PHONE, "To": NUMBER, "Body": "Forged"}
    calls = (partial(requests.post, data=form), partial(requests.get, params=form))
    for call in calls:
        answer = call(address, timeout=90)
        assert answer.status_code == 403, answer.text
    assert world.inbox() == []


@pytest.mark.usefixtures("connection")
def test_an_account_that_is_polled_gets_our_address_by_itself(world: World, key: str) -> None:
    def addresses() -> list[str]:
        numbers = world.control("GET", "state", key=key)["numbers"]
        return [each["sms_url"] for each in numbers if each["sms_url"]]

    assert addresses() == []
    assert world.inbox() == []
    until(lambda: len(addresses()) == 2, "our address at both numbers")
    world.control("POST", "inbound", {"phone": PHONE, "message": "Registered"}, key)
    [event] = until(world.inbox, "the text")
    assert event["message"] == "Registered"


@pytest.mark.usefixtures("address")
def test_a_number_may_call_by_get(world: World, key: str) -> None:
    state = world.control("GET", "state", key=key)
    place = state["numbers"][0]["sid"]
    url = f"{world.stack.sandbox.url}/twilio/2010-04-01/Accounts/{state['account_sid']}"
    answer = requests.post(
        f"{url}/IncomingPhoneNumbers/{place}.json",
        data={"SmsMethod": "GET"},
        auth=(state["account_sid"], key),
        timeout=90,
    )
    assert answer.json()["sms_method"] == "GET"
    world.control("POST", "inbound", {"phone": PHONE, "message": "By GET & more"}, key)
    [event] = until(world.inbox, "the text")
    assert event["message"] == "By GET & more"


def _lists(world: World, key: str) -> int:
    """How often the list of messages was asked for."""
    calls = world.control("GET", "calls", key=key)["calls"]
    return sum(each["call"].endswith("/Messages.json") for each in calls)


def _answered(world: World, key: str) -> list[dict[str, Any]]:
    pushes = world.control("GET", "pushes", key=key)["pushes"]
    return [each for each in pushes if each["attempts"]]
