"""The controls themselves: what they show, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from proofs.rig.sandbox import Sandbox
from tests.sandbox.samples import TEXT


def test_received_is_filtered_by_kind_and_since(sandbox: Sandbox, phone_key: str) -> None:
    sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT)
    sandbox.call("PUT", "/pairfon/webhooks/inbound-sms", phone_key, json={"webhooks": []})
    sandbox.call("DELETE", "/pairfon/device/delete/sandbox-phone-1", phone_key)
    every = sandbox.received(phone_key)
    assert [each["kind"] for each in every] == ["send", "webhooks", "device_deleted"]
    assert [each["kind"] for each in sandbox.received(phone_key, "send")] == ["send"]
    later = sandbox.control("GET", phone_key, f"received?since={every[1]['seq']}")["received"]
    assert [each["kind"] for each in later] == ["device_deleted"]


def test_state_counts_the_requests_of_each_route(sandbox: Sandbox, phone_key: str) -> None:
    for _ in range(3):
        sandbox.call("GET", "/pairfon/zapier/inbound-sms", phone_key)
    sandbox.call("DELETE", "/pairfon/device/delete/none", phone_key)
    assert sandbox.control("GET", phone_key, "state")["requests"] == {
        "GET /zapier/inbound-sms": 3,
        "DELETE /device/delete/<fingerprint>": 1,
    }


def test_a_reset_account_is_as_new(sandbox: Sandbox, phone_key: str) -> None:
    sandbox.control("PUT", phone_key, "settings", {"rate_limit": 5})
    sandbox.control("POST", phone_key, "inbound", {"phone": "+1555000111", "message": "in"})
    sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT)
    sandbox.control("DELETE", phone_key, "")
    state = sandbox.control("GET", phone_key, "state")
    assert (state["messages"], state["received"]) == ([], [])
    assert state["settings"]["rate_limit"] == 100


def test_an_inbound_text_may_have_an_id_and_time_of_ones_choice(
    sandbox: Sandbox, phone_key: str
) -> None:
    given = {"phone": "+1555000111", "message": "late", "id": 101}
    more = {"received_at": "2025-01-15T10:35:00Z", "sim_slot": "SIM2", "device_fingerprint": "abc"}
    sandbox.control("POST", phone_key, "inbound", given | more)
    [item] = sandbox.call("GET", "/pairfon/zapier/inbound-sms", phone_key).json()
    assert item == given | more
    following = sandbox.control("POST", phone_key, "inbound", {"phone": "+1555", "message": "x"})
    assert following["id"] == 102


def test_inbound_may_be_ordered_by_its_own_time(sandbox: Sandbox, phone_key: str) -> None:
    for at in ("2025-01-02T00:00:00Z", "2025-01-01T00:00:00Z"):
        given = {"phone": "+1555000111", "message": at, "received_at": at}
        sandbox.control("POST", phone_key, "inbound", given)
    path = "/pairfon/zapier/inbound-sms"
    arrival = [each["message"][:10] for each in sandbox.call("GET", path, phone_key).json()]
    sandbox.control("PUT", phone_key, "settings", {"inbound_order": "received_at"})
    own = [each["message"][:10] for each in sandbox.call("GET", path, phone_key).json()]
    assert (arrival, own) == (["2025-01-01", "2025-01-02"], ["2025-01-02", "2025-01-01"])


@pytest.mark.parametrize(
    ("method", "what", "given"),
    [
        ("POST", "inbound", {"phone": "+1"}),
        ("POST", "inbound", []),
        ("POST", "inbound", {"phone": "+1555", "message": "x", "webhook_times": "two"}),
        ("POST", "devices", {"device_fingerprint": "a", "selected_sim": "SIM7"}),
        ("POST", "status", {"id": 999, "status": "failed"}),
        ("POST", "receipts", {"message_id": "m", "status": "success"}),
        ("PUT", "settings", {"no_such": 1}),
        ("PUT", "settings", {"rate_limit": "many"}),
        ("PUT", "settings", {"latest_empty": "maybe"}),
        ("PUT", "settings", {"receipts": ["success"]}),
        ("PUT", "settings", {"callback_url": "nowhere"}),
    ],
)
def test_a_control_that_makes_no_sense_is_400_with_a_sentence(
    sandbox: Sandbox, phone_key: str, method: str, what: str, given: Any
) -> None:
    url = f"{sandbox.url}/_control/accounts/{phone_key}/{what}"
    answer = sandbox.web.request(method, url, json=given)
    assert answer.status_code == 400
    assert answer.json()["message"].endswith(".")


def test_a_control_needs_a_well_formed_key_of_the_right_provider(
    sandbox: Sandbox, office_key: str
) -> None:
    text = {"phone": "+1555000111", "message": "x"}
    for key in ("nonsense", office_key):
        url = f"{sandbox.url}/_control/accounts/{key}/inbound"
        assert sandbox.web.post(url, json=text).status_code == 400


def test_a_web_page_of_another_origin_cannot_post_a_control(
    sandbox: Sandbox, phone_key: str
) -> None:
    url = f"{sandbox.url}/_control/accounts/{phone_key}/inbound"
    answer = sandbox.web.post(url, data='{"phone":"+1555000111","message":"x"}')
    assert answer.status_code == 415
