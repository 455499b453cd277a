"""Manners of SMS through the whole service: answers, opt-outs, parts, plain letters."""

from __future__ import annotations

import pytest

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import World


@pytest.fixture
def phones(world: World) -> World:
    world.stack.db.hset(keys.workspace(world.name), "opt_outs", "on")
    world.connect_pairfon()
    return world


def received(world: World, text: str, phone: str = "+14155550123") -> str:
    world.inject(text, phone)
    [found] = until(
        lambda: [each for each in world.inbox() if each["message"] == text], "the text received"
    )
    return str(found["id"])


def test_a_reply_goes_to_its_sender_from_the_phone_that_it_came_to(phones: World) -> None:
    message = received(phones, "Is it ready?")
    body = {"reply_to": message, "message": "Yes, it is.", "wait": 25}
    answer = phones.call("POST", "/v1/actions/reply-sms", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["segments"] == 1
    [sent] = phones.sends()
    wanted = {
        "phone": "+14155550123",
        "device_fingerprint": "sandbox-phone-1",
        "text": "Yes, it is.",
    }
    assert {name: sent[name] for name in wanted} == wanted


def test_a_message_that_nobody_can_answer_is_named(phones: World) -> None:
    body = {"reply_to": "sms_nothing", "message": "Hello"}
    answer = phones.call("POST", "/v1/actions/reply-sms", json=body)
    assert answer.status_code == 404
    assert "reply_to: No received message" in answer.json()["message"]
    bank = received(phones, "Your code is 1234", "MyBank")
    answer = phones.call("POST", "/v1/actions/reply-sms", json=body | {"reply_to": bank})
    assert answer.status_code == 422
    assert "Its sender is a name" in answer.json()["message"]
    national = received(phones, "Hello", "4155550123")
    answer = phones.call("POST", "/v1/actions/reply-sms", json=body | {"reply_to": national})
    assert answer.status_code == 422
    assert "Its sender is a number without a country code" in answer.json()["message"]


def test_a_person_who_says_stop_is_not_texted_until_a_start(phones: World) -> None:
    received(phones, "STOP")
    refused = phones.send(message="Our offer", wait=25)
    assert refused.status_code == 422, refused.text
    assert "said STOP on" in refused.json()["message"]
    [job] = phones.get("/v1/jobs")["data"]
    assert (job["status"], job["error"]["code"]) == ("failed", "opted_out")
    [wish] = phones.get("/v1/triggers/opt-out-changed")
    assert (wish["phone"], wish["opted_out"], wish["note"]) == ("+14155550123", True, "STOP")
    received(phones, "START")
    until(lambda: phones.send(message="Welcome back", wait=25).status_code == 200, "texts again")
    assert [each["text"] for each in phones.sends()] == ["Welcome back"]


def test_a_preview_shows_what_a_text_costs_and_asks_no_account(world: World) -> None:
    [found] = world.get("/v1/searches/preview-sms", message="It\u2019s ready. " * 12)
    assert (found["encoding"], found["parts"], found["folded_parts"]) == ("UCS-2", 3, 1)
    assert found["costly_characters"] == "\u2019"


def test_plain_letters_and_a_limit_of_parts(phones: World) -> None:
    text = "It\u2019s ready. " * 12
    refused = phones.send(message=text, max_parts=1)
    assert refused.status_code == 422
    assert "3 parts" in refused.json()["message"]
    assert phones.send(message=text, max_parts=1, fold=True, wait=25).status_code == 200
    assert phones.sends()[0]["text"] == text.replace("\u2019", "'")
