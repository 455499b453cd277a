"""`POST /zapier/send-sms`: an integration written for Pairfon cannot tell us from it."""

from __future__ import annotations

from typing import Any

import pytest

from proofs.rig.stack import World

TEXT = {
    "device_fingerprint": "sandbox-phone-1",
    "phone": "+14155550123",
    "message": "Automated message via Pairfon",
}


def test_the_answer_is_the_one_of_the_provider_itself(world: World) -> None:
    world.connect_pairfon()
    theirs = world.stack.sandbox.call(
        "POST", "/pairfon/zapier/send-sms", world.pairfon_key, json=TEXT
    ).json()
    answer = world.post("/zapier/send-sms", **TEXT)
    assert answer.status_code == 200
    ours = answer.json()
    assert set(ours) == set(theirs)
    assert isinstance(ours["id"], int)
    assert 0 < ours["id"] < 2**53
    assert {**ours, "id": 0} == {**theirs, "id": 0}
    assert ours["sim_slot"] == "SIM1"


@pytest.mark.parametrize("slot", ["SIM1", "SIM2"])
def test_it_is_sent_as_asked(world: World, slot: str) -> None:
    world.connect_pairfon()
    assert world.post("/zapier/send-sms", **TEXT, sim_slot=slot).json()["sim_slot"] == slot
    [job] = world.get("/v1/jobs")["data"]
    world.settled(job["id"])
    [sent] = world.sends()
    assert (sent["sim_slot"], sent["text"], sent["phone"]) == (
        slot,
        TEXT["message"],
        TEXT["phone"],
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**TEXT, "device_fingerprint": ""},
        {**TEXT, "phone": None},
        {name: TEXT[name] for name in ("device_fingerprint", "phone")},
        {**TEXT, "phone": "no number"},
        {**TEXT, "sim_slot": "SIM7"},
    ],
)
def test_missing_or_wrong_parameters_are_a_400(world: World, body: dict[str, Any]) -> None:
    world.connect_pairfon()
    answer = world.post("/zapier/send-sms", **body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["message"].endswith(".")
    assert world.get("/v1/jobs")["data"] == []


def test_it_needs_a_key_like_the_original(world: World) -> None:
    answer = world.call("POST", "/zapier/send-sms", json=TEXT, headers={"Authorization": ""})
    assert answer.status_code == 401
    world.stack.forgive()


@pytest.mark.parametrize("phone", ["+14155550123,+14155550124", ["+14155550123", "+14155550124"]])
def test_it_takes_one_recipient_as_the_seed_does_and_sends_nothing_otherwise(
    world: World, phone: Any
) -> None:
    world.connect_pairfon()
    answer = world.post(
        "/zapier/send-sms", phone=phone, message="x", device_fingerprint="sandbox-phone-1"
    )
    assert answer.status_code == 400
    assert "one number" in answer.json()["message"]
    assert world.sends() == []


@pytest.mark.parametrize(("upstream", "ours"), [(400, 400), (401, 502), (403, 403), (404, 404)])
def test_what_the_provider_refuses_is_refused_here(world: World, upstream: int, ours: int) -> None:
    world.connect_pairfon()
    world.fault("status", "POST /zapier/send-sms", world.pairfon_key, code=upstream)
    answer = world.post("/zapier/send-sms", **TEXT)
    assert answer.status_code == ours, answer.text
    assert "A fault set in the sandbox fails this request." in answer.json()["message"]


def test_a_provider_that_takes_its_time_leaves_the_text_queued(world: World) -> None:
    world.connect_pairfon()
    world.fault("delay", "POST /zapier/send-sms", world.pairfon_key, seconds=3)
    answer = world.post("/zapier/send-sms", **TEXT, wait=1)
    assert answer.json()["message"] == "SMS queued successfully.", answer.text
    [job] = world.get("/v1/jobs")["data"]
    assert world.settled(job["id"])["status"] == "sent"


def test_a_repeat_under_an_idempotency_key_sends_nothing(world: World) -> None:
    world.connect_pairfon()
    key = {"Idempotency-Key": "order-1"}
    first, second = (
        world.call("POST", "/zapier/send-sms", json=TEXT, headers=key) for _ in range(2)
    )
    assert first.json() == second.json()
    assert len(world.sends()) == 1
