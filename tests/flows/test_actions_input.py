"""What platforms send: sloppy but meant well, or wrong and refused with a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

PHONE = "+14155550123"


def refused(world: World, field: str, **body: Any) -> str:
    answer = world.send(**body)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["errors"], answer.text
    assert answer.json()["message"].endswith(".")
    assert world.sends() == []
    return str(answer.json()["message"])


@pytest.mark.parametrize(
    "body",
    [
        {"to": PHONE, "text": "Hello"},
        {"recipient": PHONE, "body": "Hello"},
        {"phone": " +1 (415) 555-0123 ", "message": "Hello"},
        {"phone": "0014155550123", "message": "Hello"},
        {"phone": [PHONE], "message": "Hello", "sender_id": "", "schedule_at": None},
        {"phone": PHONE + ", ", "message": "Hello", "connection": " ", "wait": ""},
    ],
)
def test_one_text_can_be_asked_for_in_many_ways(world: World, body: dict[str, Any]) -> None:
    world.connect_pairfon()
    answer = world.post("/v1/actions/send-sms", **body)
    assert answer.status_code == 202, answer.text
    job = world.settled(answer.json()["id"])
    assert (job["phone"], job["input"]["message"]) == (PHONE, "Hello")
    assert [(each["phone"], each["text"]) for each in world.sends()] == [(PHONE, "Hello")]


@pytest.mark.parametrize("slot", ["SIM 2", "sim2", "2", 2, "Sim_2"])
def test_a_sim_slot_is_read_as_meant(world: World, slot: Any) -> None:
    world.connect_pairfon()
    job = world.settled(world.send(sim_slot=slot).json()["id"])
    assert job["sim_slot"] == "SIM2"
    assert [each["sim_slot"] for each in world.sends()] == ["SIM2"]


def test_a_text_that_is_a_number_is_sent_as_written(world: World) -> None:
    world.connect_pairfon()
    world.settled(world.send(message=4711).json()["id"])
    assert [each["text"] for each in world.sends()] == ["4711"]


@pytest.mark.parametrize(
    "phone",
    [
        [PHONE, "+14155550124", "+14155550125"],
        f"{PHONE}, +14155550124,+14155550125,{PHONE}",
    ],
)
def test_recipients_are_jobs_of_their_own_in_one_batch(world: World, phone: Any) -> None:
    world.connect_pairfon()
    body = world.send(phone=phone).json()
    assert len(body["jobs"]) == 3
    assert {each["batch_id"] for each in body["jobs"]} == {body["batch_id"]}
    jobs = [world.settled(each["id"]) for each in body["jobs"]]
    assert len({job["provider_id"] for job in jobs}) == 3
    assert sorted(each["phone"] for each in world.sends()) == [
        PHONE,
        "+14155550124",
        "+14155550125",
    ]


def test_a_whole_batch_can_be_waited_for(world: World) -> None:
    world.connect_pairfon()
    answer = world.send(phone=f"{PHONE},+14155550124", wait=20)
    assert answer.status_code == 200
    assert {job["status"] for job in answer.json()["jobs"]} <= {"sent", "delivered"}


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("phone", {"phone": "12"}),
        ("phone", {"phone": "not a number"}),
        ("phone", {"phone": "4155550123x"}),
        ("phone", {"phone": {"number": PHONE}}),
        ("phone", {"phone": [PHONE, "nonsense"]}),
        ("phone", {"phone": ""}),
        ("phone", {"phone": [f"+1415555{n:04}" for n in range(101)]}),
        ("message", {"message": ""}),
        ("message", {"message": ["a", "b"]}),
        ("message", {"message": "x" * 1601}),
        ("sim_slot", {"sim_slot": "SIM3"}),
        ("schedule_at", {"schedule_at": "tomorrow"}),
        ("schedule_at", {"schedule_at": "2030-01-31T09:00:00"}),
        ("fone", {"fone": PHONE}),
        ("wait", {"wait": 26}),
        ("wait", {"wait": "soon"}),
        ("idempotency_key", {"idempotency_key": "k" * 256}),
    ],
)
def test_a_wrong_field_is_named(world: World, field: str, body: dict[str, Any]) -> None:
    world.connect_pairfon()
    refused(world, field, **body)


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("phone", {"to": "+14155550199"}),
        ("message", {"text": "Goodbye"}),
        ("message", {"message": "", "text": "Hello", "body": "Goodbye"}),
    ],
)
def test_one_field_under_two_names_with_different_values_sends_nothing(
    world: World, field: str, body: dict[str, Any]
) -> None:
    world.connect_pairfon()
    assert "two names of one field" in refused(world, field, **body)


def test_one_field_under_two_names_with_one_value_is_sent(world: World) -> None:
    world.connect_pairfon()
    world.settled(world.send(phone=PHONE, to=f" {PHONE}", recipient="", text="").json()["id"])
    assert [each["phone"] for each in world.sends()] == [PHONE]


def test_an_unknown_field_is_answered_with_the_known_ones(world: World) -> None:
    world.connect_pairfon()
    assert "dlt_template_id" in refused(world, "fone", fone=PHONE)


@pytest.mark.parametrize(
    "url", ["ftp://example.com/a.jpg", "a.jpg", "https://user:pw@example.com/"]
)
def test_a_media_address_must_be_one_that_can_be_fetched(world: World, url: str) -> None:
    world.connect_cloud()
    answer = world.post("/v1/actions/send-mms", phone=PHONE, media_url=url)
    assert answer.status_code == 422
    assert "address" in answer.json()["message"]
    assert world.sends(world.cloud_key) == []


def test_with_two_phones_the_choice_is_named(world: World) -> None:
    world.control("POST", "devices", {"device_fingerprint": "second"})
    world.connect_pairfon()
    # A call asks for them as well, for a few seconds only.
    until(lambda: len(world.get("/v1/options/devices")) == 2, "both phones known")
    sentence = refused(world, "device_fingerprint")
    assert "sandbox-phone-1" in sentence
    assert "second" in sentence
    job = world.settled(world.send(device_fingerprint="second").json()["id"])
    assert job["device_fingerprint"] == "second"


def test_without_any_phone_that_is_said(world: World) -> None:
    world.connect_pairfon()
    world.post("/v1/actions/remove-device", device_fingerprint="sandbox-phone-1", wait=20)
    assert "pair one first" in refused(world, "device_fingerprint")


def test_a_national_number_needs_a_home_country(world: World, narrow: Stack) -> None:
    world.connect_pairfon()
    sentence = refused(world, "phone", phone="(415) 555-0123")
    assert '"(415) 555-0123"' in sentence
    assert "with a +" in sentence
    assert "DEFAULT_REGION" in sentence
    home = narrow.workspace()
    home.connect_pairfon()
    answer = home.send(phone="(415) 555-0123", wait=20)
    assert answer.json()["phone"] == PHONE
    assert [each["phone"] for each in home.sends()] == [PHONE]
    home.leave()


def test_digits_without_a_plus_go_where_the_provider_documents_them(world: World) -> None:
    world.connect_pairfon()
    assert "14155550123" in refused(world, "phone", phone=14155550123)
    cloud = world.connect_cloud()
    for given in (14155550123, "14155550123", "14155550123.0"):
        answer = world.send(phone=given, connection=cloud, wait=20)
        assert answer.json()["phone"] == PHONE, answer.text
    assert len(world.sends(world.cloud_key)) == 3


@pytest.mark.parametrize("number", ["4.479E+11", "4.47911123456e11", "447911123456.5"])
def test_a_number_that_lost_digits_is_refused_also_as_json(narrow: Stack, number: str) -> None:
    home = narrow.workspace()
    home.connect_pairfon()
    body = f'{{"phone": {number}, "message": "Hello"}}'
    answer = home.call("POST", "/v1/actions/send-sms", data=body)
    assert answer.status_code == 422, answer.text
    assert number in answer.json()["message"]
    home.leave()
