"""Pairfon's own addresses: its keys, its types, its statuses, to the letter."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import World

KEYS = ["id", "phone", "message", "sim_slot", "device_fingerprint", "received_at"]
SECOND = "2026-03-01T09:00:00Z"


@pytest.fixture
def texted(world: World) -> World:
    world.connect_pairfon()
    world.inject("First", sim_slot="SIM1", received_at=SECOND)
    world.inject("Second", sim_slot="SIM2", device_fingerprint="other", received_at=SECOND)
    until(lambda: len(world.inbox()) == 2, "both messages")
    return world


def test_the_list_has_integer_ids_and_just_the_documented_keys(texted: World) -> None:
    found = texted.get("/zapier/inbound-sms")
    assert [each["message"] for each in found] == ["Second", "First"]
    for each in found:
        assert list(each) == KEYS
        assert type(each["id"]) is int
        assert 0 < each["id"] < 2**53, "JavaScript holds no larger whole number"
        assert all(type(each[name]) is str for name in KEYS[1:])
    assert found[1] | {"id": 0} == {
        "id": 0,
        "phone": "+14155550123",
        "message": "First",
        "sim_slot": "SIM1",
        "device_fingerprint": "sandbox-phone-1",
        "received_at": SECOND,
    }
    assert texted.get("/zapier/inbound-sms") == found


def test_the_latest_is_one_object_whose_id_is_a_uuid(texted: World) -> None:
    found = texted.get("/zapier/latest-sms")
    assert list(found) == KEYS
    assert str(uuid.UUID(found["id"])) == found["id"]
    assert uuid.UUID(found["id"]).version == 4
    assert found["message"] == "Second"
    assert texted.get("/zapier/latest-sms") == found


@pytest.mark.parametrize(
    ("filters", "texts"),
    [
        ({"sim_slot": "SIM1"}, ["First"]),
        ({"device_fingerprint": "other"}, ["Second"]),
        ({"device_fingerprint": "other", "sim_slot": "SIM1"}, []),
        ({"device_fingerprint": "", "sim_slot": ""}, ["Second", "First"]),
        ({"unknown": "parameter"}, ["Second", "First"]),
    ],
)
def test_both_take_the_documented_filters(
    texted: World, filters: dict[str, str], texts: list[str]
) -> None:
    listed = texted.get("/zapier/inbound-sms", **filters)
    assert [each["message"] for each in listed] == texts
    latest = texted.get("/zapier/latest-sms", **filters)
    assert [latest["message"]] == texts[:1] if texts else latest == {}


def test_without_a_message_the_list_is_empty_and_the_latest_is_an_empty_object(
    world: World,
) -> None:
    world.connect_pairfon()
    assert world.get("/zapier/inbound-sms") == []
    assert world.get("/zapier/latest-sms") == {}


@pytest.mark.parametrize("path", ["/zapier/inbound-sms", "/zapier/latest-sms"])
def test_a_bad_parameter_is_400_with_a_sentence(world: World, path: str) -> None:
    answer = world.call("GET", path, params={"sim_slot": "SIM9"})
    assert answer.status_code == 400
    problem: dict[str, Any] = answer.json()
    assert "SIM1" in problem["message"]
    assert "sim_slot" in problem["errors"]


@pytest.mark.parametrize("path", ["/zapier/inbound-sms", "/zapier/latest-sms"])
def test_a_wrong_key_is_401(world: World, path: str) -> None:
    answer = world.call("GET", path, headers={"Authorization": "Bearer hk_wrong"})
    assert answer.status_code == 401
