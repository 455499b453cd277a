"""The Pairfon API as its seed documents it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from proofs.rig.sandbox import Sandbox
from tests.sandbox.samples import DEVICE, PHONE, SEED_TIME, TEXT

MESSAGES = "/pairfon/chat/messages"


def arrive(sandbox: Any, key: str, **more: Any) -> dict[str, Any]:
    given = {"phone": "+1987654321", "message": "Hey, got your text!"} | more
    return dict(sandbox.control("POST", key, "inbound", given))


def test_chat_send_queues_and_names_the_queue_entry(sandbox: Sandbox, phone_key: str) -> None:
    answer = sandbox.call("POST", "/pairfon/chat/send", phone_key, json=TEXT)
    assert answer.status_code == 200
    assert answer.json()["message"] == "SMS queued."
    assert answer.json()["queueId"].startswith("msg_")
    assert set(answer.json()) == {"message", "queueId"}


def test_zapier_send_echoes_the_text_and_takes_sim1_by_default(
    sandbox: Sandbox, phone_key: str
) -> None:
    given = {name: TEXT[name] for name in TEXT if name != "sim_slot"}
    answer = sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=given)
    assert answer.json() == {
        "id": 1,
        "message": "SMS queued successfully.",
        "phone": PHONE,
        "device_fingerprint": DEVICE,
        "sim_slot": "SIM1",
    }


@pytest.mark.parametrize("path", ["/pairfon/chat/send", "/pairfon/zapier/send-sms"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"device_fingerprint": ""},
        {"device_fingerprint": 5},
        {"phone": None},
        {"phone": "call me"},
        {"phone": 1234567890},
        {"message": ""},
        {"message": ["x"]},
        {"sim_slot": "SIM3"},
    ],
)
def test_a_bad_field_is_400_with_a_sentence_and_nothing_is_sent(
    sandbox: Sandbox, phone_key: str, path: str, wrong: dict[str, Any]
) -> None:
    answer = sandbox.call("POST", path, phone_key, json=TEXT | wrong)
    assert answer.status_code == 400
    assert set(answer.json()) == {"message"}
    assert next(iter(wrong)) in answer.json()["message"]
    assert sandbox.received(phone_key) == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'"text"'])
def test_a_body_that_is_no_json_object_is_400(
    sandbox: Sandbox, phone_key: str, body: bytes
) -> None:
    kind = {"Content-Type": "application/json"}
    answer = sandbox.call("POST", "/pairfon/chat/send", phone_key, data=body, headers=kind)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["message"]


def test_chat_send_requires_the_sim_slot(sandbox: Sandbox, phone_key: str) -> None:
    given = {name: TEXT[name] for name in TEXT if name != "sim_slot"}
    assert sandbox.call("POST", "/pairfon/chat/send", phone_key, json=given).status_code == 400


def test_a_sim_that_the_device_does_not_use_is_403(sandbox: Sandbox, phone_key: str) -> None:
    device = {"device_fingerprint": "one-sim", "selected_sim": "SIM1"}
    sandbox.control("POST", phone_key, "devices", device)
    given = TEXT | {"device_fingerprint": "one-sim"}
    wrong = sandbox.call("POST", "/pairfon/chat/send", phone_key, json=given | {"sim_slot": "SIM2"})
    assert wrong.status_code == 403
    assert "SIM2" in wrong.json()["message"]
    assert sandbox.call("POST", "/pairfon/chat/send", phone_key, json=given).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("POST", "/pairfon/chat/send", {"json": TEXT | {"device_fingerprint": "gone"}}),
        ("GET", MESSAGES, {"params": {"device_fingerprint": "gone", "phone": PHONE}}),
        ("GET", "/pairfon/chat/conversations", {"params": {"device_fingerprint": "gone"}}),
        ("DELETE", "/pairfon/device/delete/gone", {}),
        ("GET", "/pairfon/no/such/route", {}),
        ("DELETE", "/pairfon/chat/send", {}),
    ],
)
def test_what_does_not_exist_is_404(
    sandbox: Sandbox, phone_key: str, method: str, path: str, more: dict[str, Any]
) -> None:
    answer = sandbox.call(method, path, phone_key, **more)
    assert answer.status_code == 404
    assert set(answer.json()) == {"message"}


def test_conversations_show_each_number_with_its_last_text(
    sandbox: Sandbox, phone_key: str
) -> None:
    arrive(sandbox, phone_key, phone="+15550001", message="first")
    arrive(sandbox, phone_key, phone="+15550002", message="other")
    sandbox.call(
        "POST", "/pairfon/chat/send", phone_key, json=TEXT | {"phone": "+15550001", "message": "re"}
    )
    path = f"/pairfon/chat/conversations?device_fingerprint={DEVICE}"
    shown = sandbox.call("GET", path, phone_key).json()["conversations"]
    assert re.fullmatch(SEED_TIME, shown[0].pop("lastMessageAt"))
    assert shown[0] == {
        "phone": "+15550001",
        "lastMessage": "re",
        "direction": "outbound",
        "messageCount": 2,
    }
    assert [each["phone"] for each in shown] == ["+15550001", "+15550002"]


def test_the_list_has_an_integer_and_latest_a_uuid_for_the_same_text(
    sandbox: Sandbox, phone_key: str
) -> None:
    made = arrive(sandbox, phone_key, received_at="2025-01-15T10:35:00Z")
    listed = sandbox.call("GET", "/pairfon/zapier/inbound-sms", phone_key).json()
    latest = sandbox.call("GET", "/pairfon/zapier/latest-sms", phone_key).json()
    assert listed == [
        {
            "id": made["id"],
            "phone": "+1987654321",
            "message": "Hey, got your text!",
            "sim_slot": "SIM1",
            "device_fingerprint": DEVICE,
            "received_at": "2025-01-15T10:35:00Z",
        }
    ]
    assert isinstance(made["id"], int)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", latest["id"])
    assert latest == listed[0] | {"id": made["uuid"]}


def test_the_list_is_a_window_of_the_newest_fifty(sandbox: Sandbox, phone_key: str) -> None:
    every = [{"phone": PHONE, "message": f"text {number}"} for number in range(53)]
    sandbox.control("POST", phone_key, "inbound", every)
    listed = sandbox.call("GET", "/pairfon/zapier/inbound-sms", phone_key).json()
    assert [each["message"] for each in listed] == [f"text {n}" for n in range(52, 2, -1)]


def test_inbound_is_filtered_by_device_and_sim(sandbox: Sandbox, phone_key: str) -> None:
    arrive(sandbox, phone_key, message="a", sim_slot="SIM1")
    arrive(sandbox, phone_key, message="b", sim_slot="SIM2")
    arrive(sandbox, phone_key, message="c", sim_slot="SIM2", device_fingerprint="other")

    def shown(**asked: str) -> list[str]:
        listed = sandbox.call("GET", "/pairfon/zapier/inbound-sms", phone_key, params=asked)
        return [each["message"] for each in listed.json()]

    assert shown(sim_slot="SIM2") == ["c", "b"]
    assert shown(device_fingerprint=DEVICE) == ["b", "a"]
    assert shown(device_fingerprint=DEVICE, sim_slot="SIM2") == ["b"]
    latest = sandbox.call("GET", "/pairfon/zapier/latest-sms?sim_slot=SIM1", phone_key)
    assert latest.json()["message"] == "a"
    bad = sandbox.call("GET", "/pairfon/zapier/inbound-sms?sim_slot=SIM9", phone_key)
    assert bad.status_code == 400


@pytest.mark.parametrize(
    ("setting", "status", "body"), [("object", 200, {}), ("null", 200, None), ("404", 404, ...)]
)
def test_latest_without_any_text_answers_as_the_setting_says(
    sandbox: Sandbox, phone_key: str, setting: str, status: int, body: Any
) -> None:
    sandbox.control("PUT", phone_key, "settings", {"latest_empty": setting})
    answer = sandbox.call("GET", "/pairfon/zapier/latest-sms", phone_key)
    assert answer.status_code == status
    assert body is ... or answer.json() == body


def test_only_the_admin_list_shows_user_and_push_token(sandbox: Sandbox, phone_key: str) -> None:
    plain = sandbox.call("GET", "/pairfon/chat/devices", phone_key).json()["devices"]
    admin = sandbox.call("GET", "/pairfon/device/list", phone_key).json()["devices"]
    assert plain == [
        {
            "device_fingerprint": DEVICE,
            "device_name": "Sandbox Phone",
            "status": "active",
            "selected_sim": "BOTH",
        }
    ]
    assert set(admin[0]) - set(plain[0]) == {"user_id", "fcm_token"}


def test_a_removed_device_is_gone(sandbox: Sandbox, phone_key: str) -> None:
    answer = sandbox.call("DELETE", f"/pairfon/device/delete/{DEVICE}", phone_key)
    assert answer.json() == {"message": "Device deleted successfully."}
    assert sandbox.call("GET", "/pairfon/chat/devices", phone_key).json() == {"devices": []}
    assert sandbox.call("POST", "/pairfon/chat/send", phone_key, json=TEXT).status_code == 404
    assert [each["kind"] for each in sandbox.received(phone_key)] == ["device_deleted"]


def test_saving_webhooks_replaces_the_list_under_new_ids(sandbox: Sandbox, phone_key: str) -> None:
    path, first = "/pairfon/webhooks/inbound-sms", {"url": "https://a.example/x", "active": True}
    assert sandbox.call("GET", path, phone_key).json() == {"webhooks": []}
    once = sandbox.call("PUT", path, phone_key, json={"webhooks": [first]}).json()
    assert once == {"message": "Webhook settings saved", "webhooks": [{"id": 1, **first}]}
    second = {"url": "https://b.example/y", "active": False}
    twice = sandbox.call("PUT", path, phone_key, json={"webhooks": [first, second]}).json()
    assert [each["id"] for each in twice["webhooks"]] == [2, 3]
    assert sandbox.call("GET", path, phone_key).json() == {"webhooks": twice["webhooks"]}


@pytest.mark.parametrize(
    "wrong",
    [{}, {"webhooks": {}}, {"webhooks": [{"url": "x", "active": True}]},
     {"webhooks": [{"url": "https://a.example"}]}, {"webhooks": ["https://a.example"]}],
)  # fmt: skip
def test_bad_webhooks_are_400_and_change_nothing(
    sandbox: Sandbox, phone_key: str, wrong: dict[str, Any]
) -> None:
    path = "/pairfon/webhooks/inbound-sms"
    assert sandbox.call("PUT", path, phone_key, json=wrong).status_code == 400
    assert sandbox.call("GET", path, phone_key).json() == {"webhooks": []}


def test_accounts_do_not_see_each_other(sandbox: Sandbox, phone_key: str) -> None:
    arrive(sandbox, phone_key)
    assert sandbox.call("GET", "/pairfon/zapier/inbound-sms", phone_key + "x").json() == []
