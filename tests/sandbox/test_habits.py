"""Habits of real providers: each channel shows a text in its own way, and phones are re-paired."""

from __future__ import annotations

from typing import Any

import pytest

from proofs.rig.sandbox import Sandbox

PHONE, ME = "+14155550123", "sandbox-phone-1"
AT = "2026-11-28T21:00:00.700000Z"


def arrive(sandbox: Sandbox, key: str, **more: Any) -> dict[str, Any]:
    given = {"phone": PHONE, "message": "Caf\u00e9\nat noon ", "received_at": AT, **more}
    return dict(sandbox.control("POST", key, "inbound", given))


def listed(sandbox: Sandbox, key: str) -> list[dict[str, Any]]:
    return list(sandbox.call("GET", "/pairfon/zapier/inbound-sms", key).json())


def history(sandbox: Sandbox, key: str, device: str = ME) -> list[dict[str, Any]]:
    asked = f"/pairfon/chat/messages?device_fingerprint={device}&phone={PHONE[1:]}"
    return list(sandbox.call("GET", asked, key).json()["messages"])


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("trim", "Caf\u00e9\nat noon"),
        ("crlf", "Caf\u00e9\r\nat noon "),
        ("nfd", "Cafe\u0301\nat noon "),
    ],
)
def test_a_channel_may_write_the_text_in_its_own_way(
    sandbox: Sandbox, phone_key: str, word: str, text: str
) -> None:
    sandbox.control("PUT", phone_key, "settings", {"forms": {"history": [word]}})
    arrive(sandbox, phone_key)
    assert history(sandbox, phone_key)[0]["message"] == text
    assert listed(sandbox, phone_key)[0]["message"] == "Caf\u00e9\nat noon "


def test_one_channel_may_round_what_another_truncates(sandbox: Sandbox, phone_key: str) -> None:
    forms = {"list": ["truncate"], "history": ["round"]}
    sandbox.control("PUT", phone_key, "settings", {"forms": forms})
    arrive(sandbox, phone_key)
    assert listed(sandbox, phone_key)[0]["received_at"] == "2026-11-28T21:00:00Z"
    assert history(sandbox, phone_key)[0]["created_at"] == "2026-11-28T21:00:01Z"


def test_a_row_may_have_no_text_or_an_odd_time(sandbox: Sandbox, phone_key: str) -> None:
    arrive(sandbox, phone_key, row={"message": None, "received_at": "noon"})
    [row], [old] = listed(sandbox, phone_key), history(sandbox, phone_key)
    assert (row["message"], row["received_at"]) == (None, "noon")
    assert (old["message"], old["created_at"]) == (None, "noon")


def test_a_slow_clock_is_in_every_new_row(sandbox: Sandbox, phone_key: str) -> None:
    arrive(sandbox, phone_key, received_at="")
    sandbox.control("PUT", phone_key, "settings", {"clock_offset": -2 * 86_400})
    arrive(sandbox, phone_key, received_at="")
    slow, right = (row["received_at"] for row in listed(sandbox, phone_key))
    assert slow[:10] < right[:10]


def test_a_repaired_phone_keeps_its_rows_under_a_new_fingerprint(
    sandbox: Sandbox, phone_key: str
) -> None:
    first = arrive(sandbox, phone_key)
    given = {"device_fingerprint": ME, "new_fingerprint": "phone-again", "restart_ids": True}
    sandbox.control("POST", phone_key, "repaired", given)
    [row] = listed(sandbox, phone_key)
    assert (row["id"], row["device_fingerprint"]) == (first["id"], "phone-again")
    assert len(history(sandbox, phone_key, "phone-again")) == 1
    assert arrive(sandbox, phone_key)["id"] == 1


def test_counts_may_leave_out_what_was_sent(sandbox: Sandbox, phone_key: str) -> None:
    arrive(sandbox, phone_key)
    text = {"device_fingerprint": ME, "phone": PHONE, "message": "Yes", "sim_slot": "SIM1"}
    sandbox.call("POST", "/pairfon/zapier/send-sms", phone_key, json=text)

    def count() -> int:
        asked = f"/pairfon/chat/conversations?device_fingerprint={ME}"
        [found] = sandbox.call("GET", asked, phone_key).json()["conversations"]
        return int(found["messageCount"])

    assert count() == 2
    sandbox.control("PUT", phone_key, "settings", {"conversation_counts": "inbound"})
    assert count() == 1


def test_a_list_may_drop_an_entry(sandbox: Sandbox, phone_key: str) -> None:
    sandbox.control("PUT", phone_key, "settings", {"webhooks_drop": "example.net"})
    urls = ("https://example.com/a", "https://example.net/b")
    given = {"webhooks": [{"url": url, "active": True} for url in urls]}
    answer = sandbox.call("PUT", "/pairfon/webhooks/inbound-sms", phone_key, json=given)
    assert answer.status_code == 200
    kept = sandbox.call("GET", "/pairfon/webhooks/inbound-sms", phone_key).json()["webhooks"]
    assert [each["url"] for each in kept] == [urls[0]]


@pytest.mark.parametrize("forms", [{"fax": ["trim"]}, {"list": "trim"}, {"list": ["shout"]}])
def test_a_form_that_nobody_knows_is_refused(
    sandbox: Sandbox, phone_key: str, forms: dict[str, Any]
) -> None:
    with pytest.raises(AssertionError, match="forms"):
        sandbox.control("PUT", phone_key, "settings", {"forms": forms})
