"""A key without the scope `texts` learns what happened, and nowhere what a message says."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
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
    assert silent(blind.send(message=SAID, wait=20))["status"] == "sent"
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


def test_the_console_shows_none(blind: World, stack: Stack) -> None:
    visitor = Visitor(stack)
    assert visitor.sign_in(blind.key).ok
    for path in ("/", "/console/inbox", "/console/jobs"):
        page = visitor.page(path)
        assert HEARD not in page.text
        assert SAID not in page.text
    assert "does not see texts" in visitor.page("/console/inbox").text
    assert visitor.get("/console/inbox?contains=vault").status_code == 403
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
