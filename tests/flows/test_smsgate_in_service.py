"""SMSGate through the whole service: a text out and its receipts, a lost answer, a text in."""

from __future__ import annotations

import hmac
import json
import time
from typing import Any

import pytest
import requests

from proofs.rig.patience import well
from proofs.rig.sandbox import until
from proofs.rig.stack import World

DEVICE, SIGNING_KEY = "SandboxPhone000000001", "sandbox-signing-key"
PHONE = "+14155550123"


@pytest.fixture
def key(world: World) -> str:
    return f"sg_{world.name}"


@pytest.fixture(params=["3rdparty/v1", "local"], ids=["server", "phone"])
def connection(world: World, key: str, request: Any) -> str:
    answer = world.post(
        "/v1/connections",
        provider="smsgate",
        username=key,
        password=key,
        signing_key=SIGNING_KEY,
        base_url=f"{world.stack.sandbox.url}/smsgate/{request.param}",
    )
    assert answer.status_code == 201, answer.text
    made = str(answer.json()["id"])
    well(answer, lambda: world.post(f"/v1/connections/{made}/test"))
    return made


@pytest.fixture
def registered(world: World, key: str, connection: str) -> dict[str, Any]:
    """The connection once its phone calls us."""
    return once_registered(world, connection)


def test_a_text_goes_out_and_its_receipts_say_that_it_arrived(
    world: World, key: str, registered: dict[str, Any]
) -> None:
    answer = world.send(wait=20, sim_slot="SIM2").json()
    assert answer["device_fingerprint"] == DEVICE
    job = world.settled(answer["id"], "delivered")
    [sent] = world.sends(key)
    assert job["provider_id"] == sent["id"] == job["id"]
    assert (sent["device_fingerprint"], sent["sim_number"]) == (DEVICE, 2)


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "hang"])
@pytest.mark.usefixtures("connection")
def test_a_text_whose_answer_is_lost_goes_out_once(world: World, key: str, kind: str) -> None:
    world.fault(kind, "POST /smsgate", key)
    job = world.send().json()["id"]
    world.settled(job)
    assert len(world.sends(key)) == 1


def test_a_text_comes_in_once_by_a_signed_webhook_and_the_list(
    world: World, key: str, registered: dict[str, Any]
) -> None:
    for text in ("Yes, see you at 5 😀", "One more"):
        given = {"phone": PHONE, "message": text, "to": "+14155550100", "webhook_times": 2}
        world.control("POST", "inbound", given, key)
    until(lambda: len(world.inbox()) == 2, "both texts")
    until(lambda: _are_done(world, key), "every push")
    found = {each["message"]: each for each in world.inbox()}
    assert set(found) == {"Yes, see you at 5 😀", "One more"}
    [event] = [each for text, each in found.items() if "😀" in text]
    assert (event["phone"], event["to"], event["sim_slot"]) == (PHONE, "+14155550100", "SIM1")
    assert event["device_fingerprint"] == DEVICE


@pytest.mark.parametrize("connection", ["local"], ids=["phone"], indirect=True)
def test_a_text_whose_webhook_was_lost_is_found_in_the_list_of_the_phone(
    world: World, key: str, connection: str
) -> None:
    given = {"phone": PHONE, "message": "Lost on its way", "webhook": False}
    world.control("POST", "inbound", given, key)
    [event] = until(world.inbox, "the text")
    assert (event["message"], event["device_fingerprint"]) == ("Lost on its way", DEVICE)
    # The same text by the webhook is no other event.
    again = {**given, "received_at": event["received_at"], "webhook": True}
    once_registered(world, connection)
    world.control("POST", "inbound", again, key)
    world.control("POST", "inbound", {"phone": PHONE, "message": "After it"}, key)
    until(lambda: len(world.inbox()) >= 2, "the next text")
    assert [each["message"] for each in world.inbox()] == ["After it", "Lost on its way"]


def test_a_webhook_that_no_phone_signed_is_refused(
    world: World, key: str, registered: dict[str, Any]
) -> None:
    payload = {
        "messageId": "1",
        "sender": PHONE,
        "message": "Forged",
        "receivedAt": "2026-11-28T20:00:00Z",
    }
    body = {"deviceId": DEVICE, "event": "sms:received", "id": "E", "payload": payload}
    answer = requests.post(registered["ingress_url"], json=body, timeout=90)
    assert answer.status_code == 401, answer.text
    assert world.inbox() == []


def test_an_mms_of_megabytes_comes_in_and_only_its_facts_are_stored(
    world: World, registered: dict[str, Any]
) -> None:
    for megabytes, status in ((3, 200), (9, 413)):
        body = json.dumps(_mms("A" * (megabytes * 1024 * 1024))).encode()
        stamp = str(int(time.time()))
        proof = hmac.new(SIGNING_KEY.encode(), body + stamp.encode(), "sha256").hexdigest()
        headers = {"X-Timestamp": stamp, "X-Signature": proof, "Content-Type": "application/json"}
        url = registered["ingress_url"]
        answer = requests.post(url, data=body, headers=headers, timeout=90)
        assert answer.status_code == status, answer.text
    [event] = world.inbox()
    [media] = event["media"]
    assert (event["message"], media["content_type"]) == ("Look", "image/jpeg")
    assert len(json.dumps(event)) < 2_000


def _mms(data: str) -> dict[str, Any]:
    file = {"partId": 1, "contentType": "image/jpeg", "name": "a.jpg", "size": 9, "data": data}
    payload = {"messageId": "7", "sender": PHONE, "body": "Look", "attachments": [file]}
    payload["receivedAt"] = "2026-11-28T20:00:00.000+00:00"
    return {"deviceId": DEVICE, "event": "mms:downloaded", "id": "E", "payload": payload}


def once_registered(world: World, connection: str) -> dict[str, Any]:
    world.inbox()  # Somebody reads.

    def found() -> Any:
        shown = world.get(f"/v1/connections/{connection}")
        return shown if (shown["webhook"] or {}).get("state") == "registered" else None

    return dict(until(found, "the registration"))


def _are_done(world: World, key: str) -> bool:
    pushes = world.control("GET", "pushes", key=key)["pushes"]
    return len(pushes) == 4 and all(each["done"] for each in pushes)


@pytest.mark.parametrize("connection", ["3rdparty/v1"], ids=["server"], indirect=True)
def test_a_phone_whose_queue_is_full_holds_up_no_other_phone(
    world: World, key: str, connection: str
) -> None:
    url = f"{world.stack.sandbox.url}/smsgate/mobile/v1/device"
    made = requests.post(url, auth=(key, key), json={"name": "Second"}, timeout=90)
    second = str(made.json()["id"])
    said = "failed to enqueue message: queue limits exceeded: too old pending message"
    full = {"kind": "status", "code": 503, "body": {"message": said}, "holds": DEVICE, "times": 0}
    world.control("POST", "faults", {"match": "POST /smsgate/3rdparty/v1/messages", **full}, key)
    held = [str(world.send(device_fingerprint=DEVICE).json()["id"]) for _ in range(3)]
    waiting = until(lambda: world.job(held[0]).get("waiting"), "the first to say what it waits for")
    assert (waiting["for"], waiting["rule"]) == ("provider", "device_full")
    for _ in range(3):
        world.settled(str(world.send(device_fingerprint=second).json()["id"]))
    assert {each["device_fingerprint"] for each in world.sends(key)} == {second}
    assert {world.job(each)["status"] for each in held} == {"queued"}
    lane = world.get(f"/v1/connections/{connection}")["lane"]
    assert (lane["state"], lane["jobs_waiting"], lane["jobs_paced"]) == ("open", 3, 0)
    [full] = lane["full"]
    assert (full["rule"], full["name"], full["jobs_waiting"]) == ("device_full", DEVICE, 3)
    world.control("DELETE", "faults", None, key)
    for each in held:
        world.settled(each)
    assert len(world.sends(key)) == 6
