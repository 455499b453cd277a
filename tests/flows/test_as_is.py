"""Short codes and names as recipients, through the whole service."""

from __future__ import annotations

from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import World
from sandbox.twilio_state import NUMBER, sid

CODE = "40404"


def connect(world: World, provider: str, path: str, **settings: str) -> str:
    base_url = world.stack.sandbox.url + path
    answer = world.post("/v1/connections", provider=provider, base_url=base_url, **settings)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def connect_twilio(world: World) -> str:
    key = f"tw_{world.name}"
    connect(
        world,
        "twilio",
        "/twilio/2010-04-01",
        account_sid=sid("AC", key),
        auth_token=key,
        sender_id=NUMBER,
    )
    return key


def connect_smsgate(world: World) -> str:
    key = f"sg_{world.name}"
    connect(world, "smsgate", "/smsgate/3rdparty/v1", username=key, password=key)
    return key


def connect_textbee(world: World) -> str:
    key = f"tb_{world.name}"
    connect(world, "textbee", "/textbee/api/v1", api_key=key)
    return key


def connect_httpsms(world: World) -> str:
    key = f"hs_{world.name}"
    connect(world, "httpsms", "/httpsms/v1", api_key=key)
    return key


def connect_pairfon(world: World) -> str:
    world.connect_pairfon()
    return world.pairfon_key


@pytest.mark.parametrize(
    "connected",
    [connect_twilio, connect_smsgate, connect_textbee, connect_httpsms, connect_pairfon],
)
def test_a_short_code_is_texted_just_as_it_is_written(world: World, connected: Any) -> None:
    key = connected(world)
    refused = world.send(phone=CODE)
    assert refused.status_code == 422
    assert refused.json()["message"].startswith('phone: "40404" ')
    assert refused.json()["message"].endswith("A short code or a name needs as_is: true.")
    assert "as_is" not in world.send(phone="4155550123").json()["message"]
    answer = world.send(phone=40404, as_is=True, wait=25)
    assert answer.status_code == 200, answer.text
    assert [each["phone"] for each in world.sends(key)] == [CODE]
    assert answer.json()["phone"] == CODE


def test_a_connection_that_cannot_is_named_and_one_that_can_is_chosen(world: World) -> None:
    cloud = world.connect_cloud(label="Our mailings")
    refused = world.send(phone=CODE, as_is=True)
    assert refused.status_code == 422
    assert "40404 is a short code, which Our mailings does not text" in refused.json()["message"]
    phones = world.connect_pairfon()
    sent = world.send(phone=CODE, as_is=True, wait=25).json()
    assert sent["connection"] == phones
    assert world.send(phone=CODE, as_is=True, connection=cloud).status_code == 422
    name = world.send(phone="MyBank", as_is=True)
    assert name.status_code == 422
    assert "MyBank is a name, which " in name.json()["message"]


def test_a_gateway_that_may_be_set_to_text_one_says_by_which_setting(world: World) -> None:
    given = {"base_url": "http://127.0.0.1:9", "preset": "kannel", "username": world.name}
    made = world.post("/v1/connections", provider="http_gateway", label="My Kannel", **given)
    message = world.send(phone=CODE, as_is=True, connection=made.json()["id"]).json()["message"]
    assert "which My Kannel does not text unless its setting as_is says so; change it" in message


def test_what_is_no_short_code_and_no_name_is_refused(world: World) -> None:
    world.connect_pairfon()
    for wrong in ("12", "123456789", "4155550123", "+1415", "My/Bank", "MyVeryLongBank"):
        answer = world.send(phone=wrong, as_is=True)
        assert answer.status_code == 422, wrong
        assert "is no recipient as it is" in answer.json()["message"]
    both = world.send(phone=["+14155550123", CODE], as_is=True, wait=25).json()
    assert both["status"] == "sent"


def test_a_lost_answer_to_a_short_code_is_looked_up_and_nothing_is_sent_twice(
    world: World,
) -> None:
    world.connect_pairfon()
    world.fault("cut_after", "POST /zapier/send-sms")
    job = world.send(phone=CODE, as_is=True).json()["id"]
    assert "found" in [each["outcome"] for each in world.proved(job)["attempts"]]
    assert len(world.sends()) == 1


def test_a_gateway_texts_short_codes_where_its_setting_says_so(world: World) -> None:
    key = f"hg_{world.name}"
    given = {"preset": "kannel", "username": "hookline", "api_key": key}
    made = connect(world, "http-gateway", "/http-gateway", **given)
    assert world.send(phone=CODE, as_is=True).status_code == 422
    world.call("PATCH", f"/v1/connections/{made}", json={"as_is": "codes"})
    assert world.send(phone="MyBank", as_is=True).status_code == 422
    sent = world.send(phone=CODE, as_is=True, wait=25)
    assert sent.status_code == 200, sent.text
    assert [each["phone"] for each in world.sends(key)] == [CODE]


def test_opt_outs_duplicates_and_answers_know_a_short_code(world: World) -> None:
    world.connect_pairfon()
    world.call("PATCH", "/v1/opt-outs/rules", json={"enabled": True})
    given = {"phone": CODE, "as_is": True, "deduplicate_within": 600}
    first = world.send(**given, wait=25).json()["id"]
    assert world.send(**given).json()["job_id"] == first
    world.inject("Vote counted", CODE)
    [came] = until(world.inbox, "the answer of the short code")
    body = {"reply_to": came["id"], "message": "Thanks", "wait": 25}
    assert world.post("/v1/actions/reply-sms", **body).status_code == 200
    world.inject("STOP", CODE)
    until(lambda: world.get("/v1/triggers/opt-out-changed"), "the wish")
    refused = world.send(phone=CODE, as_is=True, message="Once more", wait=25)
    assert refused.status_code == 422
    assert "said STOP" in refused.json()["message"]
