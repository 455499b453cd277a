"""A key without the scope `texts` learns what happened, and nowhere what a message says."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest
import requests

from integration.accounts import api_keys
from integration.store import keys
from proofs.rig.receiver import Call
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import NEXT_YEAR, Stack, World
from tests.console.visitor import Visitor

HEARD, SAID = "the vault opens at nine", "the answer is forty-two"
SCHEDULED = f"{NEXT_YEAR}T09:00:00Z"


@pytest.fixture
def blind(world: World) -> World:
    """The world under a key that may do all but see texts; one text came in, one waits."""
    world.connect_pairfon()
    world.inject(HEARD)
    until(lambda: [each["message"] for each in world.inbox()] == [HEARD], "the text")
    world.send(message=SAID, schedule_at=SCHEDULED)
    scopes = ["read", "act", "hooks"]
    world.key = world.post("/v1/keys", name="Blind", scopes=scopes).json()["key"]
    return world


@pytest.fixture
def seeing(blind: World) -> World:
    """The same workspace under the key that made the other."""
    found = copy(blind)
    _, found.key = api_keys.create(blind.stack.db, blind.name, "Seeing")
    return found


def silent(answer: requests.Response) -> Any:
    assert answer.ok, answer.text
    assert HEARD not in answer.text
    assert SAID not in answer.text
    return answer.json()


@pytest.mark.parametrize(
    "path",
    [
        "/v1/triggers/inbound-sms",
        "/v1/triggers/inbound-sms?consumer=one",
        "/v1/triggers/inbound-sms?cursor=c0x0",
        "/v1/triggers/new-conversation",
        "/v1/triggers/inbound-sms/sample",
        "/v1/searches/find-message?phone=%2B14155550123",
        "/v1/searches/find-conversation",
    ],
)
def test_what_is_read_has_no_texts(blind: World, path: str) -> None:
    [row] = silent(blind.call("GET", path))
    [held] = row["withheld"]
    assert row[held] == ""
    assert row["phone"] == "+14155550123"


def test_the_words_of_an_opt_out_are_withheld_too(blind: World, seeing: World, sink: Sink) -> None:
    blind.stack.db.hset(keys.workspace(blind.name), "opt_outs", "on")
    Hooked(blind, sink, trigger="opt-out-changed")
    blind.inject("  Stop! ")
    until(lambda: seeing.get("/v1/triggers/opt-out-changed"), "the opt-out")
    for path in ("triggers/opt-out-changed", "searches/find-opt-out?phone=%2B14155550123"):
        [known], [row] = seeing.get(f"/v1/{path}"), silent(blind.call("GET", f"/v1/{path}"))
        assert known["note"] == "Stop!"
        assert (row["note"], row["withheld"], row["opted_out"]) == ("", ["note"], True)
    [given] = sink.wait_for(1)
    assert (given.event["note"], given.event["opted_out"]) == ("", True)


def test_the_newest_text_and_the_shapes_of_pairfon_have_none_either(blind: World) -> None:
    assert silent(blind.call("GET", "/v1/triggers/latest-sms"))["message"] == ""
    assert silent(blind.call("GET", "/zapier/latest-sms"))["message"] == ""
    assert [each["message"] for each in silent(blind.call("GET", "/zapier/inbound-sms"))] == [""]


def test_jobs_have_none(blind: World) -> None:
    [waiting] = silent(blind.call("GET", "/v1/jobs"))["data"]
    assert (waiting["input"]["message"], waiting["input"]["withheld"]) == ("", ["message"])
    job = f"/v1/jobs/{waiting['id']}"
    assert silent(blind.call("GET", job))["message"] == "Scheduled."
    assert silent(blind.call("DELETE", job))["status"] == "cancelled"
    assert silent(blind.call("POST", f"{job}/retry"))["status"] == "scheduled"
    assert silent(blind.send(message=SAID, wait=20))["status"] in ("sent", "delivered")
    batch = silent(blind.send(phone="+14155550123,+14155550124", message=SAID, wait=20))
    silent(blind.call("GET", f"/v1/jobs/{batch['id']}"))
    assert len(blind.sends()) == 3


def test_a_refused_text_is_not_in_the_problem(blind: World) -> None:
    blind.fault("status", "POST /zapier/send-sms", code=400)
    answer = blind.send(message=SAID, wait=20)
    assert answer.status_code >= 400
    assert answer.json()["job"]["input"]["phone"] == "+14155550123"
    assert SAID not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/triggers/inbound-sms?contains=vault",
        "/v1/searches/find-message?phone=%2B14155550123&contains=vault",
        "/v1/searches/find-conversation?contains=vault",
    ],
)
def test_nor_may_it_ask_what_they_contain(blind: World, path: str) -> None:
    answer = blind.call("GET", path)
    assert answer.status_code == 403
    assert "'texts'" in answer.json()["message"]


def test_a_hook_of_such_a_key_filters_by_no_text(blind: World, sink: Sink) -> None:
    filtered = blind.post(
        "/v1/hooks", target_url=sink.url("/x"), trigger="inbound-sms", filters={"contains": "a"}
    )
    assert filtered.status_code == 403


def test_the_hook_that_it_makes_is_given_none(blind: World, sink: Sink) -> None:
    hooked = Hooked(blind, sink)
    assert hooked.made["texts"] is False
    blind.inject(HEARD)
    assert [sent(each)["phone"] for each in sink.wait_for(1)] == ["+14155550123"]
    assert silent(blind.call("GET", "/v1/triggers/inbound-sms"))[0] == sent(sink.calls()[0])
    hooked.tested()
    sent(sink.wait_for(2)[1])
    hooked.post("replay", since="2026-01-01T00:00:00Z")
    for call in sink.wait_for(4):
        sent(call)
    # One that is still under way is not sent again.
    until(lambda: hooked.delivered(3), "the records of all three")
    blind.post(f"/v1/deliveries/{hooked.log()[0]['id']}/replay")
    sent(sink.wait_for(5)[4])


def sent(call: Call) -> dict[str, Any]:
    """The event that a call brought, which must have been emptied."""
    assert HEARD not in call.body.decode()
    assert (call.event["message"], call.event["withheld"]) == ("", ["message"])
    return call.event


def test_it_turns_no_hook_with_texts_to_another_target(
    seeing: World, blind: World, sink: Sink
) -> None:
    hook = f"/v1/hooks/{Hooked(seeing, sink).id}"
    filtered = f"/v1/hooks/{Hooked(seeing, sink, filters={'contains': 'vault'}).id}"
    target = sink.url("/mine")
    assert blind.call("PATCH", hook, json={"description": "x"}).json()["texts"] is True
    assert blind.call("PATCH", filtered, json={"target_url": target}).status_code == 403
    assert blind.call("PATCH", hook, json={"target_url": target}).json()["texts"] is False
    blind.inject(HEARD)
    sent(sink.wait_for(1, "/mine")[0])
    [audited, *_] = seeing.get("/v1/audit")["data"]
    assert audited["detail"] == "inbound-sms to 127.0.0.1: target_url, texts"


def test_only_a_key_with_texts_has_them_delivered_again(
    seeing: World, blind: World, sink: Sink
) -> None:
    hooked = Hooked(blind, sink)
    path = f"/v1/hooks/{hooked.id}"
    refused = blind.call("PATCH", path, json={"texts": True})
    assert (refused.status_code, "'texts'" in refused.json()["message"]) == (403, True)
    # Nor does what another key does by the way.
    assert seeing.call("PATCH", path, json={"description": "x"}).json()["texts"] is False
    assert seeing.call("PATCH", path, json={"texts": "yes"}).json()["texts"] is True
    seeing.inject(HEARD)
    assert sink.wait_for(1)[0].event["message"] == HEARD
    assert blind.call("PATCH", path, json={"texts": False}).json()["texts"] is False
    again = seeing.post("/v1/hooks", target_url=sink.url(), trigger="inbound-sms")
    assert (again.status_code, again.json()["texts"]) == (200, True)
    kept = blind.post("/v1/hooks", target_url=sink.url(), trigger="inbound-sms")
    assert (kept.status_code, kept.json()["texts"]) == (200, True)


def test_the_console_delivers_them_again(seeing: World, blind: World, sink: Sink) -> None:
    hooked = Hooked(blind, sink)
    page, button = f"/console/hooks/{hooked.id}", f"/console/hooks/{hooked.id}/texts"
    visitor = Visitor(blind.stack)
    assert visitor.sign_in(blind.key).ok
    shown = visitor.page(page)
    assert "withheld" in shown.text
    assert button not in shown.forms
    visitor = Visitor(seeing.stack)
    assert visitor.sign_in(seeing.key).ok
    assert "say what messages say" in visitor.press(button).text
    assert seeing.get(f"/v1/hooks/{hooked.id}")["texts"] is True


def test_the_console_shows_none(blind: World, stack: Stack) -> None:
    visitor = Visitor(stack)
    assert visitor.sign_in(blind.key).ok
    for path in ("/", "/console/activity", "/console/activity/export"):
        page = visitor.page(path)
        assert HEARD not in page.text
        assert SAID not in page.text
    assert "does not see texts" in visitor.page("/console/activity").text
    assert "fits this filter" in visitor.page("/console/activity?q=vault").text
    assert visitor.get("/console/unreadable").status_code == 403


def test_a_key_that_only_reads_sees_no_secret(world: World, sink: Sink) -> None:
    connection = world.connect_pairfon()
    hook = world.post("/v1/hooks", target_url=sink.url("/y"), trigger="inbound-sms").json()
    shown = world.get(f"/v1/connections/{connection}")
    assert hook["secret"]
    assert shown["ingress_url"]
    made = world.post("/v1/keys", name="Reader", scopes=["read", "texts"]).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    for path in (f"/v1/hooks/{hook['id']}", f"/v1/connections/{connection}", "/v1/connections"):
        answer = world.call("GET", path, headers=headers)
        assert answer.ok
        assert hook["secret"] not in answer.text
        assert shown["ingress_url"] not in answer.text
    visitor = Visitor(world.stack)
    assert visitor.sign_in(made["key"]).ok
    assert hook["secret"] not in visitor.page(f"/console/hooks/{hook['id']}").text
