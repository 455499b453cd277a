"""The history of outbound Pairfon texts: pages, order, status, and texts of any kind."""

from __future__ import annotations

import re

import pytest

from proofs.rig.sandbox import Sandbox
from tests.sandbox.samples import DEVICE, PHONE, SEED_TIME, TEXT

MESSAGES = "/pairfon/chat/messages"


def test_history_is_paged_newest_first(sandbox: Sandbox, phone_key: str) -> None:
    for number in range(5):
        given = TEXT | {"message": f"text {number}"}
        sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=given)
    asked = {"device_fingerprint": DEVICE, "phone": PHONE, "limit": 2, "page": 2}
    answer = sandbox.call("GET", MESSAGES, phone_key, params=asked).json()
    assert [each["message"] for each in answer["messages"]] == ["text 2", "text 1"]
    assert (answer["total"], answer["page"], answer["pages"]) == (5, 2, 3)
    row = answer["messages"][0]
    assert set(row) == {
        "id", "direction", "message", "phone", "sim_slot", "status", "created_at",
    }  # fmt: skip
    assert isinstance(row["id"], int)
    assert re.fullmatch(SEED_TIME, row["created_at"])


def test_history_is_oldest_first_where_the_setting_says_so(
    sandbox: Sandbox, phone_key: str
) -> None:
    sandbox.control("PUT", phone_key, "settings", {"messages_order": "oldest"})
    for number in range(2):
        given = TEXT | {"message": f"text {number}"}
        sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=given)
    asked = {"device_fingerprint": DEVICE, "phone": PHONE}
    rows = sandbox.call("GET", MESSAGES, phone_key, params=asked).json()["messages"]
    assert [each["message"] for each in rows] == ["text 0", "text 1"]


def test_a_page_holds_at_most_a_hundred_and_fifty_by_default(
    sandbox: Sandbox, phone_key: str
) -> None:
    sandbox.control("PUT", phone_key, "settings", {"rate_limit": 1000})
    sandbox.control(
        "POST", phone_key, "inbound", [{"phone": PHONE, "message": str(n)} for n in range(120)]
    )
    asked = {"device_fingerprint": DEVICE, "phone": PHONE}
    usual = sandbox.call("GET", MESSAGES, phone_key, params=asked).json()
    most = sandbox.call("GET", MESSAGES, phone_key, params=asked | {"limit": 500}).json()
    assert (len(usual["messages"]), usual["pages"]) == (50, 3)
    assert (len(most["messages"]), most["pages"]) == (100, 2)


@pytest.mark.parametrize("wrong", [{"page": "0"}, {"page": "x"}, {"limit": "-1"}, {"phone": " 1"}])
def test_a_bad_history_query_is_400(
    sandbox: Sandbox, phone_key: str, wrong: dict[str, str]
) -> None:
    asked = {"device_fingerprint": DEVICE, "phone": PHONE} | wrong
    answer = sandbox.call("GET", MESSAGES, phone_key, params=asked)
    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.json()["message"]


def test_an_unencoded_plus_in_the_query_is_400(sandbox: Sandbox, phone_key: str) -> None:
    path = f"{MESSAGES}?device_fingerprint={DEVICE}&phone=+1234567890"
    assert sandbox.call("GET", path, phone_key).status_code == 400


@pytest.mark.parametrize(
    ("after", "status"),
    [
        ({"sent": 1000, "delivered": 2000}, "queued"),
        ({"sent": 0, "delivered": 2000}, "sent"),
        ({"sent": 0, "delivered": 0.0}, "delivered"),
    ],
)
def test_an_outbound_status_follows_the_time_since_it_was_accepted(
    sandbox: Sandbox, phone_key: str, after: dict[str, float], status: str
) -> None:
    sandbox.control("PUT", phone_key, "settings", {"status_after": after})
    sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT)
    asked = {"device_fingerprint": DEVICE, "phone": PHONE}
    rows = sandbox.call("GET", MESSAGES, phone_key, params=asked).json()["messages"]
    assert [(each["direction"], each["status"]) for each in rows] == [("outbound", status)]


def test_a_control_sets_an_outbound_status(sandbox: Sandbox, phone_key: str) -> None:
    sent = sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT).json()
    sandbox.control("POST", phone_key, "status", {"id": sent["id"], "status": "failed"})
    asked = {"device_fingerprint": DEVICE, "phone": PHONE}
    rows = sandbox.call("GET", MESSAGES, phone_key, params=asked).json()["messages"]
    assert rows[0]["status"] == "failed"


@pytest.mark.parametrize(
    "text", ["Grüße 👋", "two\nlines\u2028more", "a\x00b", "\ud800 half", "x" * 5000]
)
def test_any_text_is_kept_as_it_came(sandbox: Sandbox, phone_key: str, text: str) -> None:
    sent = sandbox.call(
        "POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT | {"message": text}
    )
    assert sent.status_code == 200
    asked = {"device_fingerprint": DEVICE, "phone": PHONE}
    rows = sandbox.call("GET", MESSAGES, phone_key, params=asked).json()["messages"]
    assert [each["message"] for each in rows] == [text]
    assert [each["text"] for each in sandbox.received(phone_key)] == [text]
