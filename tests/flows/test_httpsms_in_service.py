"""httpSMS through the whole service: out, in, receipts and replies."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from proofs.rig.sandbox import until
from proofs.rig.stack import World
from tests.flows.httpsms_accounts import OWN, PATH, SECOND, SEND, asked
from tests.flows.on_sandbox import PHONE


@pytest.fixture
def key(world: World) -> str:
    return f"hs_{world.name}"


@pytest.fixture
def account(world: World, key: str) -> dict[str, Any]:
    """A connection that httpSMS calls, since somebody reads. Its sandbox counts no calls either."""
    world.control("PUT", "settings", {"rate_limit": 100_000}, key)
    number = world.connect("httpsms", key, PATH)
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
    job_id = world.send().json()["id"]
    job = world.settled(job_id, "delivered") if kind == "cut_after" else world.proved(job_id)
    [event] = world.sends(key)
    assert (job["provider_id"], event["request_id"][:4]) == (event["id"], "job_")
    assert world.settled(job_id, "delivered")["result"]["device_fingerprint"] == OWN


def test_texts_come_in_once_by_either_channel_and_a_forged_one_never(
    world: World, key: str, account: dict[str, Any]
) -> None:
    given = [
        {"phone": PHONE, "message": "Both", "webhook_times": 2},
        {"phone": PHONE, "message": "Webhook", "list": False},
        {"phone": PHONE, "message": "List", "webhook": False},
    ]
    world.control("POST", "inbound", given, key)
    body = {"type": "message.phone.received", "id": "1", "data": {"content": "Forged"}}
    answer = requests.post(account["ingress_url"], json=body, timeout=90)
    assert answer.status_code == 401, answer.text
    until(lambda: len(world.inbox()) == 3, "the texts")

    def are_told() -> bool:
        return all(each["done"] for each in world.control("GET", "pushes", key=key)["pushes"])

    until(are_told, "every push")
    found = world.inbox()
    assert sorted(each["message"] for each in found) == ["Both", "List", "Webhook"]
    assert {(each["to"], each["device_fingerprint"]) for each in found} == {(OWN, OWN)}


@pytest.mark.usefixtures("account")
def test_a_reply_goes_out_from_the_phone_that_was_texted(world: World, key: str) -> None:
    second = {"phone_number": SECOND, "sim": "SIM2"}
    asked(world.stack.sandbox, key, "PUT", "/phones", json=second)
    text = {"phone": PHONE, "message": "Open today?", "device_fingerprint": SECOND}
    world.control("POST", "inbound", text, key)
    [came] = until(world.inbox, "the text")
    answer = world.post("/v1/actions/reply-sms", reply_to=came["id"], message="Until eight.")
    world.settled(answer.json()["id"])
    [event] = world.sends(key)
    assert (event["device_fingerprint"], event["sim"], event["phone"]) == (SECOND, "SIM2", PHONE)
