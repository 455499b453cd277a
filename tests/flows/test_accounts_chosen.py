"""A phone, a group or a sender decides the account, where a call names no connection."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from integration.accounts.provider_link import REQUEST_SECONDS
from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from tests.platforms.mcp import client

PHONE, OFFICE = "+14155550123", "office"
SEND = "/v1/actions/send-sms"
TEXT = {"phone": PHONE, "message": "Your table is ready"}


def second_phones(world: World) -> tuple[str, str]:
    """Another Pairfon account whose only phone is `office`: its connection and key."""
    key = f"{world.pairfon_key}_second"
    names = {"device_fingerprint": "sandbox-phone-1", "new_fingerprint": OFFICE}
    world.control("POST", "repaired", names, key)
    return another(world, "pairfon", key, "/pairfon"), key


def second_messenger(world: World) -> str:
    key = f"{world.cloud_key}_second"
    return another(world, "cloud-messaging", key, "/cloud-messaging/api", sender_id="Two")


def another(world: World, provider: str, key: str, path: str, **more: str) -> str:
    url = world.stack.sandbox.url + path
    made = world.post(
        "/v1/connections", provider=provider, api_key=key, base_url=url, label="Second", **more
    )
    return str(made.json()["id"])


def asked_long_ago(world: World, connection: str) -> None:
    name = keys.belongings(connection, "devices")
    known = json.loads(str(world.stack.db.get(name)))
    world.stack.db.set(name, json.dumps(known | {"asked_ms": 0}))


def plain(world: World) -> None:
    assert world.post(SEND, **TEXT, device_fingerprint=OFFICE).status_code == 202


def batch(world: World) -> None:
    phones = [PHONE, "+14155550124"]
    given = {**TEXT, "phone": phones, "device_fingerprint": OFFICE}
    assert len(world.post(SEND, **given).json()["jobs"]) == 2


def tool(world: World) -> None:
    found = client.call(world, "send_sms", **TEXT, device_fingerprint=OFFICE)
    assert not found.is_error, client.said(found)


def seed_shape(world: World) -> None:
    assert world.post("/zapier/send-sms", **TEXT, device_fingerprint=OFFICE).status_code == 200


@pytest.mark.parametrize("way", [plain, batch, tool, seed_shape])
def test_a_text_goes_through_the_account_that_has_its_phone(
    world: World, way: Callable[[World], None]
) -> None:
    world.connect_cloud()
    world.connect_pairfon()
    _, key = second_phones(world)
    way(world)
    sent = until(lambda: world.sends(key), "the text at its account")
    assert {each["device_fingerprint"] for each in sent} == {OFFICE}
    assert not world.sends() + world.sends(world.cloud_key)


def test_a_contact_goes_to_the_account_that_has_its_group(world: World) -> None:
    world.connect_cloud()
    made = second_messenger(world)
    given = {"name": "Regulars", "connection": made, "wait": 20}
    group = world.post("/v1/actions/create-group", **given).json()["result"]["group_id"]
    given = {"phone": PHONE, "group_id": group, "wait": 20}
    assert world.post("/v1/actions/add-contact", **given).json()["connection"] == made
    found = world.get("/v1/searches/find-contact", phone=PHONE, group_id=group)
    assert [each["group_id"] for each in found] == [group]


def test_a_sender_decides_and_one_that_nobody_lists_goes_the_first_way(world: World) -> None:
    first = world.connect_cloud(sender_id="One")
    second = second_messenger(world)
    made = [world.send(sender_id=each).json()["connection"] for each in ("Two", "One", "Three")]
    assert made == [second, first, first]


@pytest.mark.parametrize(
    ("action", "given", "name"),
    [
        ("send-sms", {**TEXT, "device_fingerprint": "gone"}, "device_fingerprint"),
        ("remove-device", {"device_fingerprint": "gone"}, "device_fingerprint"),
        ("add-contact", {"phone": PHONE, "group_id": "gone"}, "group_id"),
    ],
)
def test_what_no_account_has_is_refused_with_the_mend(
    world: World, action: str, given: dict[str, Any], name: str
) -> None:
    world.connect_pairfon()
    world.connect_cloud()
    second_phones(world)
    second_messenger(world)

    def refused() -> list[str] | None:
        answer = world.post(f"/v1/actions/{action}", **given)
        assert answer.status_code == 422
        found: list[str] = answer.json()["errors"][name]
        return None if "did not answer" in found[0] else found

    # A slow machine may keep an account from its answer in the few seconds that a call waits.
    [line] = until(refused, "the answers of all accounts")
    assert "'gone'" in line
    assert "choose one from the list, or name its connection" in line


def test_a_phone_that_was_paired_since_is_found(world: World) -> None:
    world.connect_pairfon()
    made, key = second_phones(world)
    given = {**TEXT, "device_fingerprint": "new"}
    assert world.post(SEND, **given).status_code == 422
    world.control("POST", "devices", {"device_fingerprint": "new"}, key)
    asked_long_ago(world, made)
    assert world.post(SEND, **given).json()["connection"] == made


def is_held_up_by_none(call: Callable[[], Any]) -> bool:
    """Whether a call takes less time than one to an account that hangs. A machine that stalls may
    hold it up once, and not each time."""
    began = time.monotonic()
    call()
    return time.monotonic() - began < REQUEST_SECONDS


class TestAnAccountThatHangs:
    def test_it_holds_up_no_call_that_means_another(self, world: World) -> None:
        first = world.connect_pairfon()
        made, _ = second_phones(world)
        world.fault("hang", "", times=0)

        def calls() -> None:
            world.stack.db.delete(*(keys.belongings(each, "devices") for each in (first, made)))
            assert world.send(device_fingerprint=OFFICE).json()["connection"] == made
            assert [row["id"] for row in world.get("/v1/options/devices")] == [OFFICE]

        until(lambda: is_held_up_by_none(calls), "calls that do not wait for the other account")

    def test_its_own_phone_is_still_known(self, world: World) -> None:
        second_phones(world)
        first = world.connect_pairfon()
        assert world.send(device_fingerprint="sandbox-phone-1").json()["connection"] == first
        world.fault("hang", "", times=0)
        asked_long_ago(world, first)
        answer = world.send(device_fingerprint="sandbox-phone-1")
        assert answer.json()["connection"] == first

    def test_what_nobody_else_has_is_taken_for_its_own(self, world: World) -> None:
        first = world.connect_pairfon()
        second_phones(world)
        world.fault("hang", "", times=0)
        for _ in range(2):
            answer = world.send(device_fingerprint="sandbox-phone-1")
            assert answer.json()["connection"] == first

    def test_of_two_that_hang_nobody_can_tell(self, world: World) -> None:
        world.connect_pairfon()
        for number in range(2):
            key = f"{world.pairfon_key}_silent_{number}"
            another(world, "pairfon", key, "/pairfon")
            world.fault("hang", "", key, times=0)
        answer = world.send(device_fingerprint=OFFICE)
        assert answer.status_code == 422
        assert "did not answer" in answer.json()["message"]
        assert "name the connection" in answer.json()["message"]


class TestASearchThatNamesNoAccount:
    def test_it_asks_all_of_them_and_sorts_what_they_show(self, world: World) -> None:
        first = world.connect_pairfon()
        second, key = second_phones(world)
        for number, owner in enumerate([world.pairfon_key, key, world.pairfon_key]):
            received_at = f"2026-01-31T12:0{number}:00Z"
            text = {"phone": PHONE, "message": f"{number}", "received_at": received_at}
            world.control("POST", "inbound", text, owner)
        found = world.get("/v1/searches/find-message", phone=PHONE)
        assert [row["message"] for row in found] == ["2", "1", "0"]
        assert len(world.get("/v1/searches/list-devices")) == 2
        for connection, texts in [(first, ["2", "0"]), (second, ["1"])]:
            found = world.get("/v1/searches/find-message", phone=PHONE, connection=connection)
            assert [row["message"] for row in found] == texts

    def test_one_that_hangs_is_named_and_holds_up_no_row_of_the_others(self, world: World) -> None:
        first = world.connect_pairfon()
        second_phones(world)
        world.fault("hang", "", times=0)

        def search() -> None:
            answer = world.call("GET", "/v1/searches/list-devices")
            assert [row["id"] for row in answer.json()] == [OFFICE]
            assert answer.headers["X-Unanswered"] == first

        until(lambda: is_held_up_by_none(search), "a search that does not wait for it")
        found = client.call(world, "list_devices")
        assert found.structured_content["unanswered"] == [first]

    def test_nothing_found_is_no_empty_list_while_one_may_have_it(self, world: World) -> None:
        world.connect_pairfon(label="Shop")
        second_phones(world)
        world.fault("status", "/chat/devices", code=500, times=0)
        answer = world.call("GET", "/v1/searches/list-devices", params={"status": "broken"})
        assert answer.status_code == 502
        assert answer.json()["message"].startswith("Shop: Pairfon answered with an error")


def test_rows_of_several_accounts_say_which(world: World) -> None:
    world.connect_pairfon(label="Shop")
    second_phones(world)
    assert world.get("/v1/options/devices") == [
        {"id": "sandbox-phone-1", "label": "Sandbox Phone (active) · Shop"},
        {"id": OFFICE, "label": "Sandbox Phone (active) · Second"},
    ]
    one = world.get("/v1/connections")["data"][0]["id"]
    assert [row["label"] for row in world.get("/v1/options/devices", connection=one)] == [
        "Sandbox Phone (active)"
    ]


def test_a_list_that_no_account_gives_is_an_error(world: World) -> None:
    world.connect_pairfon()
    world.fault("status", "/chat/devices", code=500, times=0)
    assert world.call("GET", "/v1/options/devices").status_code == 502
