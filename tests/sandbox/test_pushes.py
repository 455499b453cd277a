"""Webhooks for inbound texts and delivery receipts, and their retries."""

from __future__ import annotations

from typing import Any

import pytest

from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from tests.sandbox.samples import BASE, SMS

HOOKS = "/pairfon/webhooks/inbound-sms"
TEXT = {"phone": "+1987654321", "message": "Hey, got your text!"}


@pytest.fixture
def hooked(sandbox: Sandbox, phone_key: str, listener: Listener) -> str:
    sandbox.control("PUT", phone_key, "settings", {"retry_scale": 0.01})
    webhooks = [{"url": listener.url, "active": True}, {"url": listener.url, "active": False}]
    sandbox.call("PUT", HOOKS, phone_key, json={"webhooks": webhooks}).raise_for_status()
    return phone_key


@pytest.fixture
def called(sandbox: Sandbox, office_key: str, listener: Listener) -> str:
    chosen = {"retry_scale": 0.01, "callback_url": listener.url, "receipts": []}
    sandbox.control("PUT", office_key, "settings", chosen)
    return office_key


def settled(sandbox: Sandbox, key: str) -> list[dict[str, Any]]:
    return [each for each in sandbox.control("GET", key, "pushes")["pushes"] if each["done"]]


def test_an_active_webhook_gets_the_very_item_of_the_list(
    sandbox: Sandbox, hooked: str, listener: Listener
) -> None:
    sandbox.control("POST", hooked, "inbound", TEXT)
    [body] = listener.wait_for(1)
    assert [body] == sandbox.call("GET", "/pairfon/zapier/inbound-sms", hooked).json()


def test_a_text_may_come_by_the_list_only(
    sandbox: Sandbox, hooked: str, listener: Listener
) -> None:
    sandbox.control("POST", hooked, "inbound", TEXT | {"webhook": False, "message": "listed"})
    sandbox.control("POST", hooked, "inbound", TEXT | {"message": "both"})
    assert [each["message"] for each in listener.wait_for(1)] == ["both"]
    listed = sandbox.call("GET", "/pairfon/zapier/inbound-sms", hooked).json()
    assert [each["message"] for each in listed] == ["both", "listed"]


def test_a_text_may_come_by_webhook_only(sandbox: Sandbox, hooked: str, listener: Listener) -> None:
    sandbox.control("POST", hooked, "inbound", TEXT | {"list": False})
    listener.wait_for(1)
    assert sandbox.call("GET", "/pairfon/zapier/inbound-sms", hooked).json() == []
    assert sandbox.call("GET", "/pairfon/zapier/latest-sms", hooked).json() == {}


def test_a_text_may_come_twice_by_webhook_under_one_id(
    sandbox: Sandbox, hooked: str, listener: Listener
) -> None:
    sandbox.control("POST", hooked, "inbound", TEXT | {"webhook_times": 2})
    first, second = listener.wait_for(2)
    assert first == second


def test_true_repeats_of_one_text_have_ids_of_their_own(
    sandbox: Sandbox, hooked: str, listener: Listener
) -> None:
    sandbox.control("POST", hooked, "inbound", [TEXT, TEXT])
    first, second = listener.wait_for(2)
    assert first["message"] == second["message"]
    assert first["id"] != second["id"]


def test_a_webhook_is_retried_until_it_answers_2xx(
    sandbox: Sandbox, hooked: str, listener: Listener
) -> None:
    listener.codes = [500, 302, 204]
    sandbox.control("POST", hooked, "inbound", TEXT)
    bodies = listener.wait_for(3)
    assert bodies[0] == bodies[1] == bodies[2]
    [push] = until(lambda: settled(sandbox, hooked), "a settled push")
    assert [each["code"] for each in push["attempts"]] == [500, 302, 204]


def test_a_webhook_is_given_up_after_eight_tries(
    sandbox: Sandbox, hooked: str, listener: Listener
) -> None:
    listener.codes = [503] * 20
    sandbox.control("POST", hooked, "inbound", TEXT)
    [push] = until(lambda: settled(sandbox, hooked), "a settled push")
    assert [each["code"] for each in push["attempts"]] == [503] * 8
    assert len(listener.bodies) == 8


def test_receipts_follow_a_send_as_the_settings_list_them(
    sandbox: Sandbox, called: str, listener: Listener
) -> None:
    chosen = [
        {"status": "queued", "after": 0},
        {"status": "failed", "after": 0, "reason": "no route", "times": 2},
    ]
    sandbox.control("PUT", called, "settings", {"receipts": chosen})
    sent = sandbox.call("POST", f"{BASE}/http/sms/send", called, json=SMS).json()
    bodies = listener.wait_for(3)
    assert [each["status"] for each in bodies] == ["queued", "failed", "failed"]
    assert {each["message_id"] for each in bodies} == {sent["message_id"]}
    assert bodies[1]["reason"] == "no route"
    assert set(bodies[0]) == {"message_id", "status", "timestamp", "reason"}


def test_a_receipt_is_acknowledged_by_exactly_200(
    sandbox: Sandbox, called: str, listener: Listener
) -> None:
    listener.codes = [202, 204, 500]
    given = {"message_id": "msg_1", "status": "success"}
    sandbox.control("POST", called, "receipts", given)
    listener.wait_for(4)
    [push] = until(lambda: settled(sandbox, called), "a settled push")
    assert [each["code"] for each in push["attempts"]] == [202, 204, 500, 200]


def test_given_receipts_come_in_the_order_given_also_for_unknown_ids(
    sandbox: Sandbox, called: str, listener: Listener
) -> None:
    given = [
        {"message_id": "msg_unknown", "status": "success"},
        {"message_id": "msg_unknown", "status": "throttled", "reason": "slow down"},
        {"message_id": "msg_unknown", "status": "queued", "times": 2},
    ]
    assert sandbox.control("POST", called, "receipts", given) == {"queued": 4}
    bodies = listener.wait_for(4)
    told = [each["status"] for each in bodies]
    assert told == ["success", "throttled", "queued", "queued"]


def test_a_dead_target_does_not_hold_up_another(
    sandbox: Sandbox, phone_key: str, listener: Listener
) -> None:
    webhooks = [{"url": url, "active": True} for url in ("http://127.0.0.1:1/x", listener.url)]
    sandbox.call("PUT", HOOKS, phone_key, json={"webhooks": webhooks}).raise_for_status()
    sandbox.control("POST", phone_key, "inbound", TEXT)
    assert listener.wait_for(1)[0]["message"] == TEXT["message"]
