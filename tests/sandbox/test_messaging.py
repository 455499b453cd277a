"""The Cloud Messaging Office API as its seed documents it, and stock Ultimate SMS beside it."""

from __future__ import annotations

from typing import Any

import pytest

from proofs.rig.sandbox import Sandbox
from tests.sandbox.samples import BASE, MMS, SMS, first_group


def test_the_documented_sms_sample_is_one_message_with_one_id(
    sandbox: Sandbox, office_key: str
) -> None:
    answer = sandbox.call("POST", f"{BASE}/http/sms/send", office_key, json=SMS)
    assert answer.status_code == 200
    told = answer.json()
    assert told.pop("message_id").startswith("msg_")
    assert told == {"status": "success", "queued": True}
    [line] = sandbox.received(office_key, "send")
    assert line["phones"] == ["31612345678", "8801721970168"]
    assert (line["text"], line["channel"], line["cost"]) == ("Hello from API", "sms", 2)


def test_the_documented_mms_sample_is_accepted(sandbox: Sandbox, office_key: str) -> None:
    told = sandbox.call("POST", f"{BASE}/http/mms/send", office_key, json=MMS).json()
    assert told.pop("message_id").startswith("mms_")
    assert told == {"status": "success"}
    [line] = sandbox.received(office_key, "send")
    assert (line["channel"], line["media_url"]) == ("mms", MMS["media_url"])


@pytest.mark.parametrize(
    ("path", "given", "wrong"),
    [
        ("sms/send", SMS, {"recipient": ""}),
        ("sms/send", SMS, {"recipient": "31612345678,abc"}),
        ("sms/send", SMS, {"sender_id": None}),
        ("sms/send", SMS, {"sender_id": "TwelveLetter"}),
        ("sms/send", SMS, {"sender_id": "1234567890123456"}),
        ("sms/send", SMS, {"sender_id": "no_signs!"}),
        ("sms/send", SMS, {"type": "unicode"}),
        ("sms/send", SMS, {"type": None}),
        ("sms/send", SMS, {"message": ""}),
        ("sms/send", SMS, {"schedule_time": "2021-12-20T07:00:00Z"}),
        ("sms/send", SMS, {"schedule_time": "2021-13-20 07:00"}),
        ("mms/send", MMS, {"media_url": "ftp://example.com/x"}),
        ("mms/send", MMS, {"media_url": None}),
        ("mms/send", MMS, {"recipient": []}),
    ],
)
def test_a_bad_field_is_422_with_a_sentence(
    sandbox: Sandbox, office_key: str, path: str, given: dict[str, Any], wrong: dict[str, Any]
) -> None:
    answer = sandbox.call("POST", f"{BASE}/http/{path}", office_key, json=given | wrong)
    assert answer.status_code == 422
    assert answer.json()["status"] == "error"
    name = next(iter(wrong))
    assert name in answer.json()["message"]
    assert sandbox.received(office_key) == []


@pytest.mark.parametrize("sender", ["ElevenChars", "123456789012345", "+31612345678", "A"])
def test_a_sender_may_be_eleven_letters_or_fifteen_digits(
    sandbox: Sandbox, office_key: str, sender: str
) -> None:
    given = SMS | {"sender_id": sender}
    assert sandbox.call("POST", f"{BASE}/http/sms/send", office_key, json=given).ok


def test_a_malformed_body_is_422(sandbox: Sandbox, office_key: str) -> None:
    kind = {"Content-Type": "application/json"}
    path = f"{BASE}/http/sms/send"
    answer = sandbox.call("POST", path, office_key, data=b"{", headers=kind)
    assert (answer.status_code, answer.json()["status"]) == (422, "error")


def test_schedule_and_template_are_kept(sandbox: Sandbox, office_key: str) -> None:
    more = {"schedule_time": "2030-12-20 07:00", "dlt_template_id": "1107"}
    sandbox.call("POST", f"{BASE}/http/sms/send", office_key, json=SMS | more)
    [line] = sandbox.received(office_key, "send")
    assert {name: line[name] for name in more} == more


def test_the_balance_falls_and_what_it_does_not_cover_is_refused(
    sandbox: Sandbox, office_key: str
) -> None:
    sandbox.control("PUT", office_key, "settings", {"balance": 3})
    path = f"{BASE}/http/sms/send"
    assert sandbox.call("POST", path, office_key, json=SMS).status_code == 200
    refused = sandbox.call("POST", path, office_key, json=SMS)
    assert (refused.status_code, "balance" in refused.json()["message"]) == (422, True)
    profile = sandbox.call("GET", f"{BASE}/http/profile", office_key).json()
    assert profile["status"] == "success"
    assert profile["data"]["balance"] == 1
    assert profile["data"]["limits"]["requests_per_minute"] == 100


def test_a_contact_is_stored_in_its_group_and_listed(sandbox: Sandbox, office_key: str) -> None:
    group = first_group(sandbox, office_key)
    path = f"{BASE}/v3/contacts/{group}/store"
    given = {"phone": "8801721970168", "first_name": "Amy"}
    told = sandbox.call("POST", path, office_key, json=given).json()
    assert told["data"].pop("uid").startswith("c_")
    assert told == {
        "status": "success",
        "data": {"group_uid": group, "last_name": None, **given},
    }
    listed = sandbox.call("GET", f"{BASE}/http/contacts", office_key).json()
    assert listed["data"]["data"][0]["phone"] == "8801721970168"


def test_a_phone_may_be_a_json_number(sandbox: Sandbox, office_key: str) -> None:
    path = f"{BASE}/v3/contacts/{first_group(sandbox, office_key)}/store"
    told = sandbox.call("POST", path, office_key, json={"phone": 8801721970168}).json()
    assert told["data"]["phone"] == "8801721970168"


@pytest.mark.parametrize("wrong", [{}, {"phone": "abc"}, {"phone": True}, {"PHONE": "31612345678"}])
def test_a_contact_without_a_good_phone_is_422(
    sandbox: Sandbox, office_key: str, wrong: dict[str, Any]
) -> None:
    path = f"{BASE}/v3/contacts/{first_group(sandbox, office_key)}/store"
    assert sandbox.call("POST", path, office_key, json=wrong).status_code == 422


def test_an_unknown_group_and_route_are_404(sandbox: Sandbox, office_key: str) -> None:
    given = {"phone": "8801721970168"}
    for path in (f"{BASE}/v3/contacts/g_none/store", f"{BASE}/v3/nothing"):
        answer = sandbox.call("POST", path, office_key, json=given)
        assert (answer.status_code, answer.json()["status"]) == (404, "error")


def test_a_second_contact_with_the_phone_is_refused_where_the_setting_says_so(
    sandbox: Sandbox, office_key: str
) -> None:
    sandbox.control("PUT", office_key, "settings", {"unique_contacts": True})
    path = f"{BASE}/v3/contacts/{first_group(sandbox, office_key)}/store"
    given = {"phone": "8801721970168"}
    codes = [sandbox.call("POST", path, office_key, json=given).status_code for _ in range(2)]
    assert codes == [200, 422]


def test_groups_are_made_and_listed(sandbox: Sandbox, office_key: str) -> None:
    given = {"name": "Guests", "description": "Those who dine"}
    told = sandbox.call("POST", f"{BASE}/v3/contacts", office_key, json=given).json()
    assert told["status"] == "success"
    uid = told["data"]["uid"]
    rows = sandbox.call("GET", f"{BASE}/http/contact-groups", office_key).json()["data"]["data"]
    assert {"uid": uid, **given} in rows
    assert sandbox.call("POST", f"{BASE}/v3/contacts", office_key, json={}).status_code == 422


@pytest.mark.parametrize("name", ["group_id", "group_uid", "group"])
def test_contacts_are_filtered_by_group(sandbox: Sandbox, office_key: str, name: str) -> None:
    first = first_group(sandbox, office_key)
    made = sandbox.call("POST", f"{BASE}/v3/contacts", office_key, json={"name": "B"}).json()
    for group, phone in ((first, "31600000001"), (made["data"]["uid"], "31600000002")):
        path = f"{BASE}/v3/contacts/{group}/store"
        sandbox.call("POST", path, office_key, json={"phone": phone})
    path = f"{BASE}/http/contacts?{name}={first}"
    shown = sandbox.call("GET", path, office_key).json()["data"]["data"]
    assert [each["phone"] for each in shown] == ["31600000001"]


def test_lists_are_paged_as_laravel_does(sandbox: Sandbox, office_key: str) -> None:
    for number in range(29):
        sandbox.call("POST", f"{BASE}/v3/contacts", office_key, json={"name": f"group {number}"})
    path = f"{BASE}/http/contact-groups"
    first = sandbox.call("GET", path, office_key).json()["data"]
    second = sandbox.call("GET", path, office_key, params={"page": 2}).json()["data"]
    assert (first["current_page"], first["last_page"], first["per_page"]) == (1, 2, 25)
    assert (first["total"], first["from"], first["to"], len(first["data"])) == (30, 1, 25, 25)
    assert first["prev_page_url"] is None
    assert first["next_page_url"] == f"{sandbox.url}{path}?page=2"
    assert (second["from"], second["to"], second["next_page_url"]) == (26, 30, None)
    assert second["data"][-1]["name"] == "group 28"
    beyond = sandbox.call("GET", path, office_key, params={"page": 9}).json()["data"]
    assert (beyond["data"], beyond["from"]) == ([], None)


def test_errors_come_with_200_where_the_setting_says_so(sandbox: Sandbox, office_key: str) -> None:
    sandbox.control("PUT", office_key, "settings", {"errors_as_200": True})
    answer = sandbox.call("POST", f"{BASE}/http/sms/send", office_key, json={})
    assert (answer.status_code, answer.json()["status"]) == (200, "error")


def test_stock_ultimate_sms_sends_under_data_uid(sandbox: Sandbox, stock_key: str) -> None:
    given = SMS | {"recipient": "31612345678", "sender_id": "Shop"}
    told = sandbox.call("POST", "/ultimate-sms/api/v3/sms/send", stock_key, json=given).json()
    assert told["status"] == "success"
    assert told["data"].pop("uid")
    assert told["data"] == {
        "to": "31612345678",
        "from": "Shop",
        "message": "Hello from API",
        "status": "Delivered",
        "cost": "1",
    }


def test_stock_ultimate_sms_takes_an_mms_as_a_type(sandbox: Sandbox, stock_key: str) -> None:
    path, given = "/ultimate-sms/api/v3/sms/send", MMS | {"type": "mms", "sender_id": "Shop"}
    assert sandbox.call("POST", path, stock_key, json=given).status_code == 200
    [line] = sandbox.received(stock_key, "send")
    assert (line["channel"], line["media_url"]) == ("mms", MMS["media_url"])


def test_stock_ultimate_sms_wants_upper_case_fields_and_answers_a_number(
    sandbox: Sandbox, stock_key: str
) -> None:
    base = "/ultimate-sms/api/v3/contacts"
    group = first_group(sandbox, stock_key, base)
    lower = sandbox.call("POST", f"{base}/{group}/store", stock_key, json={"phone": "31612345678"})
    assert lower.status_code == 422
    given = {"PHONE": "+12025550775", "FIRST_NAME": "Amy", "LAST_NAME": "Lee"}
    told = sandbox.call("POST", f"{base}/{group}/store", stock_key, json=given).json()
    assert told["message"] == "Contact was successfully added"
    assert told["data"]["phone"] == 12025550775
    assert told["data"]["custom_fields"] == {"FIRST_NAME": "Amy", "LAST_NAME": "Lee"}
    listed = sandbox.call("POST", f"{base}/{group}/all", stock_key).json()["data"]["data"]
    assert [each["uid"] for each in listed] == [told["data"]["uid"]]


def test_stock_ultimate_sms_has_groups_profile_and_balance(
    sandbox: Sandbox, stock_key: str
) -> None:
    base = "/ultimate-sms/api/v3"
    made = sandbox.call("POST", f"{base}/contacts", stock_key, json={"name": "Guests"}).json()
    assert made["message"] == "Contact group was successfully added"
    assert made["data"]["name"] == "Guests"
    assert sandbox.call("GET", f"{base}/me", stock_key).json()["data"]["uid"]
    balance = sandbox.call("GET", f"{base}/balance", stock_key).json()
    assert balance["data"]["remaining_balance"] == "1000"
