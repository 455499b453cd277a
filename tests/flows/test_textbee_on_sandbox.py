"""textbee against the sandbox: its methods over HTTP, and the whole service over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from integration.kernel.errors import OutcomeUnknown, ProviderRejected, ProviderUnavailable
from integration.kernel.events import InboundMessage, Receipt
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from proofs.rig.stack import World
from providers.textbee import Textbee
from tests.flows.on_sandbox import (
    PHONE,
    arrives,
    connected,
    fault,
    heard,
    key_of,
    numbers,
    text,
)

PATH, SECRET = "/textbee/api/v1", "0123456789abcdef0123456789abcdef"
SEND = "POST /textbee"
UNKNOWN_DEVICE = "66f0c0ffee00000000000000"


@pytest.fixture
def textbee(sandbox: Sandbox) -> Iterator[Textbee]:
    for provider in connected(Textbee, sandbox.url + PATH, f"tb_methods_{next(numbers)}"):
        provider.webhook_secrets = [SECRET]
        yield provider


def registered(textbee: Textbee, listener: Listener) -> None:
    [wanted] = textbee.wanted_entries(listener.url, SECRET)
    made = textbee.add_entry(wanted)
    assert textbee.entries() == [made] == [replace(wanted, id=made.id)]


def before() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=5)


def test_a_text_from_a_sim_has_signed_receipts(
    sandbox: Sandbox, textbee: Textbee, listener: Listener
) -> None:
    registered(textbee, listener)
    [phone] = textbee.devices()
    sent = text(textbee, device_fingerprint=phone.device_fingerprint, sim_slot="SIM2")
    [event] = sandbox.received(key_of(textbee), "send")
    assert (event["id"], event["sim_subscription"]) == (sent.provider_id, 7)
    until(lambda: len(listener.all) == 2, "both receipts")
    sandbox.control("POST", key_of(textbee), "status", {"id": event["id"], "status": "unknown"})
    given = {"id": event["id"], "status": "failed", "reason": "No signal"}
    sandbox.control("POST", key_of(textbee), "status", given)
    until(lambda: len(listener.all) == 4, "all receipts")
    calls = [heard(listener, each) for each in listener.all]
    assert [textbee.genuine(each) for each in calls] == [True] * 4
    found = [each for call in calls for each in textbee.read_webhook(call)]
    assert {each.provider_id for each in found} == {sent.provider_id}
    told = {each.status: each.reason for each in found if isinstance(each, Receipt)}
    assert told == {"sent": None, "delivered": None, "unknown": None, "failed": "No signal"}


def test_a_lost_answer_is_found_in_the_list(sandbox: Sandbox, textbee: Textbee) -> None:
    [phone] = textbee.devices()
    since = before()
    fault(sandbox, textbee, {"kind": "cut_after", "match": SEND})
    with pytest.raises(OutcomeUnknown):
        text(textbee, device_fingerprint=phone.device_fingerprint)
    [event] = sandbox.received(key_of(textbee), "send")
    for since_when in (since, None):
        [row] = textbee.history(
            device_fingerprint=phone.device_fingerprint, phone=PHONE, since=since_when
        )
        assert (row.provider_id, row.message) == (event["id"], event["text"])
    other = textbee.history(device_fingerprint=None, phone="+4915555550123", since=since)
    assert other == [], "the search finds it, and the whole number does not fit"


def test_what_came_in_is_one_message_in_the_list_and_in_the_webhook(
    sandbox: Sandbox, textbee: Textbee, listener: Listener
) -> None:
    registered(textbee, listener)
    since = before()
    arrives(sandbox, textbee, {"phone": PHONE, "message": "Yes, see you at 5 😀"})
    until(lambda: listener.all, "the webhook")
    call = heard(listener, listener.all[0])
    assert textbee.genuine(call) is True
    assert textbee.genuine(replace(call, body=call.body + b" ")) is False
    [told] = textbee.read_webhook(call)
    page = textbee.received(cursor="", since=since)
    assert list(page.messages) == [told]
    assert not page.more
    assert isinstance(told, InboundMessage)
    assert told.message == "Yes, see you at 5 😀"


def test_a_long_list_is_read_page_by_page(sandbox: Sandbox, textbee: Textbee) -> None:
    since, many = before(), [{"phone": PHONE, "message": f"Text {n}"} for n in range(230)]
    arrives(sandbox, textbee, *many)
    found, cursor, pages = list[str](), "", 0
    while pages == 0 or cursor:
        page = textbee.received(cursor=cursor, since=since)
        found += [each.message for each in page.messages]
        cursor, pages = page.cursor, pages + 1
    assert found == [each["message"] for each in many]
    assert pages == 3
    rows = textbee.history(device_fingerprint=None, phone=PHONE, since=None)
    assert len(rows) == len(textbee.history(device_fingerprint=None, phone=PHONE, since=since))
    assert len(rows) == 230
    with pytest.raises(ProviderRejected, match="Invalid cursor"):
        textbee.received(cursor="none", since=since)


def test_the_words_of_refusals(sandbox: Sandbox, textbee: Textbee) -> None:
    used_up = {"message": "You have reached your daily limit", "hasReachedLimit": True}
    fault(sandbox, textbee, {"kind": "status", "code": 429, "body": used_up, "match": SEND})
    with pytest.raises(ProviderRejected, match="daily limit"):
        text(textbee)
    fault(sandbox, textbee, {"kind": "status", "code": 429, "body": {}, "match": SEND})
    with pytest.raises(ProviderUnavailable):
        text(textbee)
    with pytest.raises(ProviderRejected, match="Device not found"):
        text(textbee, device_fingerprint=UNKNOWN_DEVICE)
    [phone] = textbee.devices()
    path = f"{PATH}/gateway/devices/{phone.device_fingerprint}"
    address, headers = sandbox.url + path, {"x-api-key": key_of(textbee)}
    requests.patch(address, json={"enabled": False}, headers=headers, timeout=90)
    assert [each.status for each in textbee.devices()] == ["inactive"]
    with pytest.raises(ProviderRejected, match="not enabled"):
        text(textbee)
    assert sandbox.received(key_of(textbee), "send") == []


def test_a_phone_and_a_webhook_are_removed_once(textbee: Textbee, listener: Listener) -> None:
    registered(textbee, listener)
    [entry] = textbee.entries()
    moved = textbee.change_entry(entry, replace(entry, id="", url=f"{listener.url}/2"))
    assert textbee.entries() == [moved] == [replace(entry, url=f"{listener.url}/2")]
    for _ in range(2):
        textbee.remove_entry(moved)
        assert textbee.entries() == []
    [phone] = textbee.devices()
    for note in ("The device was removed.", "The device was already gone."):
        assert textbee.remove_device(phone.device_fingerprint).note == note
    assert textbee.probe().label == "textbee (0 phones)"


@pytest.fixture
def key(world: World) -> str:
    return f"tb_{world.name}"


@pytest.fixture
def account(world: World, key: str) -> dict[str, Any]:
    """A connection that textbee calls, since somebody reads."""
    number = world.connect("textbee", key, PATH)
    world.inbox()

    def found() -> Any:
        shown = world.get(f"/v1/connections/{number}")
        return shown if (shown.get("webhook") or {}).get("state") == "registered" else None

    return dict(until(found, "the registration"))


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
@pytest.mark.usefixtures("account")
def test_a_text_goes_out_once_though_its_answer_was_lost_and_is_delivered(
    world: World, key: str, kind: str
) -> None:
    world.fault(kind, SEND, key)
    job = world.settled(world.send().json()["id"], "delivered")
    [event] = world.sends(key)
    assert job["provider_id"] == event["id"]


def test_texts_come_in_once_by_either_channel_and_a_forged_one_never(
    world: World, key: str, account: dict[str, Any]
) -> None:
    given = [
        {"phone": PHONE, "message": "Both", "webhook_times": 2},
        {"phone": PHONE, "message": "Webhook", "list": False},
        {"phone": PHONE, "message": "List", "webhook": False},
    ]
    world.control("POST", "inbound", given, key)
    body = {"webhookEvent": "MESSAGE_RECEIVED", "smsId": "1", "message": "Forged"}
    answer = requests.post(account["ingress_url"], json=body, timeout=90)
    assert answer.status_code == 401, answer.text
    until(lambda: len(world.inbox()) == 3, "the texts")

    def are_told() -> bool:
        return all(each["done"] for each in world.control("GET", "pushes", key=key)["pushes"])

    until(are_told, "every push")
    assert sorted(each["message"] for each in world.inbox()) == ["Both", "List", "Webhook"]
