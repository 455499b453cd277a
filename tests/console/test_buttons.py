"""What the buttons and forms do: the same as the API, reported in a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import requests

from integration.store import keys
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import until
from proofs.rig.stack import NEXT_YEAR, World
from tests.console.visitor import Page, Visitor


@pytest.fixture
def target() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def test_a_test_sms_is_sent_once_however_often_its_form_is(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    page = user.page("/console/jobs/new/send-sms")
    form = {**page.forms[""], "phone": "+1 415 555 0123", "message": "Hello from the console"}
    answers = [user.post("/console/jobs/new/send-sms", **form) for _ in range(2)]
    assert answers[0].url == answers[1].url
    job = world.settled(answers[0].url.rpartition("/")[2])
    assert [each["text"] for each in world.sends()] == ["Hello from the console"]
    shown = user.page(f"/console/jobs/{job['id']}").text
    assert "Send SMS to +14155550123" in shown
    assert "Hello from the console" in shown


def test_a_wrong_field_comes_back_with_its_sentence_and_what_was_typed(
    user: Visitor, world: World
) -> None:
    world.connect_pairfon()
    answer = user.post(
        "/console/jobs/new/send-sms", csrf=user.token(), phone="12", message="kept <b>"
    )
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "12" in page.values("input", "value")
    assert "kept <b>" in page.text
    assert "f-phone" in [given.get("id") for _, given in page.tags if given.get("aria-invalid")]
    assert world.sends() == []


def test_a_scheduled_job_is_cancelled_and_retried(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    job = world.send(schedule_at=f"{NEXT_YEAR}T09:00:00Z").json()["id"]
    assert "The job is cancelled" in user.press(f"/console/jobs/{job}/cancel").text
    assert world.job(job)["status"] == "cancelled"
    here = f"/console/jobs/{job}"
    assert here in user.page("/console/jobs?status=cancelled").values("a", "href")
    assert here not in user.page("/console/jobs?status=failed").values("a", "href")
    assert "The job is scheduled again" in user.press(f"/console/jobs/{job}/retry").text
    assert world.job(job)["status"] == "scheduled"


def test_a_refusal_is_shown_where_the_button_was(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    job = world.settled(world.send().json()["id"])["id"]
    assert "only failed, unknown or cancelled ones are retried" in (
        user.press(f"/console/jobs/{job}/retry").text
    )


def test_a_hook_is_made_tested_paused_resumed_and_deleted(
    user: Visitor, world: World, target: Listener
) -> None:
    world.connect_pairfon()
    fields = {"trigger": "inbound-sms", "target_url": target.url, "phone": "+14155550123"}
    page = user.press("/console/hooks/new", description="Orders <Zap>", **fields)
    assert "The hook is there" in page.text
    assert "phone = +14155550123" in page.text
    [hook] = world.get("/v1/hooks")["data"]
    here = f"/console/hooks/{hook['id']}"
    secret = world.get(f"/v1/hooks/{hook['id']}")["secret"]
    page = user.page(here)
    assert secret not in page.text + str(page.tags)
    assert secret in user.press(f"{here}/secret").text
    assert "The target took the test" in user.press(f"{here}/test").text
    assert len(target.wait_for(1)) == 1
    target.codes.append(500)
    told = user.press(f"{here}/test").text
    assert "The target did not take the test" in told
    assert "500" in told
    assert "is paused" in user.press(f"{here}/pause").text
    assert world.get(f"/v1/hooks/{hook['id']}")["status"] == "paused"
    assert "active again" in user.press(f"{here}/resume").text
    assert "new signing secret" in user.press(f"{here}/rotate").text
    assert world.get(f"/v1/hooks/{hook['id']}")["secret"] != secret
    assert "The hook is deleted" in user.press(f"{here}/delete").text
    assert world.get("/v1/hooks")["data"] == []


def test_deliveries_are_shown_and_sent_again(user: Visitor, world: World, target: Listener) -> None:
    world.connect_pairfon()
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=target.url).json()["id"]
    world.inject("Hello")
    [event] = target.wait_for(1)
    here = f"/console/hooks/{hook}"
    until(lambda: "delivered" in user.page(here).text, "the delivery on the page")
    page = user.page(here)
    assert event["id"] in page.text
    again = next(path for path in page.forms if path.endswith("/replay") and "deliveries" in path)
    assert "sent again, under the same webhook-id" in user.press(again).text
    target.wait_for(2)
    until(lambda: "delivered" in user.page(here).text, "the second delivery recorded")
    assert "1 delivery will be sent again" in user.page(f"{here}/again?span=24").text
    since = "2026-01-01T00:00:00Z"
    assert "1 delivery is sent again" in user.press(f"{here}/replay", since=since).text
    assert [each["id"] for each in target.wait_for(3)] == [event["id"]] * 3


def test_a_target_that_is_no_address_is_explained_at_its_field(user: Visitor) -> None:
    answer = user.post(
        "/console/hooks/new", csrf=user.token(), trigger="inbound-sms", target_url="ftp://x"
    )
    assert answer.status_code == 422
    assert "must be a full address" in answer.text


def test_a_connection_is_added_tested_edited_and_deleted(user: Visitor, world: World) -> None:
    base = world.stack.sandbox.url + "/pairfon"
    page = user.press(
        "/console/connections/new/pairfon", label="Office", api_key=world.pairfon_key, base_url=base
    )
    assert "Office answers" in page.text
    assert world.pairfon_key not in str(page.tags) + page.text
    [connection] = world.get("/v1/connections")["data"]
    here = f"/console/connections/{connection['id']}"
    assert connection["ingress_url"] in page.text
    assert "answers, and its key is accepted" in user.press(f"{here}/test").text
    assert "sandbox-phone-1" in user.page(f"{here}?ids=devices").text
    form = user.get(f"{here}/edit").text
    assert world.pairfon_key not in form
    page = user.press(f"{here}/edit", label="Shop", base_url=base, send_endpoint="chat")
    assert "Shop answers" in page.text, "the stored key is kept"
    assert world.get("/v1/connections")["data"][0]["settings"]["send_endpoint"] == "chat"
    user.press(f"{here}/edit", label="Shop", base_url=base)
    assert "send_endpoint" not in world.get("/v1/connections")["data"][0]["settings"]
    assert "The connection is deleted" in user.press(f"{here}/delete").text
    assert world.get("/v1/connections")["data"] == []


def test_a_wrong_key_is_kept_only_where_somebody_says_so(user: Visitor, world: World) -> None:
    path, base = "/console/connections/new/pairfon", world.stack.sandbox.url + "/pairfon"
    answer = user.post(path, csrf=user.token(), label="Office", api_key="wrong-key", base_url=base)
    assert answer.status_code == 422
    assert "does not accept the API key" in answer.text
    assert "wrong-key" not in answer.text
    assert world.get("/v1/connections")["data"] == []
    sealed = Page(answer.text).forms[path]["held"]
    other = Visitor(world.stack)
    assert other.sign_in(world.key).ok
    assert other.post(path, csrf=other.token(), held=sealed).status_code == 403
    other.web.close()
    assert "Office is saved, but:" in user.press(path, held=sealed).text
    [kept] = world.get("/v1/connections")["data"]
    assert (kept["label"], kept["health"]) == ("Office", "failing")


def test_a_changed_key_is_tested_before_it_replaces_the_one_that_works(
    user: Visitor, world: World
) -> None:
    path = f"/console/connections/{world.connect_pairfon()}"
    base = world.stack.sandbox.url + "/pairfon"
    token = user.token()
    answer = user.post(f"{path}/edit", csrf=token, label="Shop", api_key="wrong", base_url=base)
    assert (answer.status_code, "Keep anyway" in answer.text) == (422, True)
    assert "answers, and its key is accepted" in user.press(f"{path}/test").text
    page = user.press(f"{path}/edit", held=Page(answer.text).forms[f"{path}/edit"]["held"])
    assert "is saved, but:" in page.text
    assert world.get("/v1/connections")["data"][0]["health"] == "failing"
    page = user.press(f"{path}/edit", label="Shop", base_url=base)
    assert "Shop is saved" in page.text, "no setting changed, so there is nothing to ask first"


def test_a_missing_field_of_a_connection_is_explained(user: Visitor) -> None:
    answer = user.post("/console/connections/new/pairfon", csrf=user.token(), label="Office")
    assert answer.status_code == 422
    assert "API Key is missing" in answer.text
    assert "Office" in Page(answer.text).values("input", "value")


def test_a_key_is_shown_once_works_and_is_revoked(user: Visitor, world: World) -> None:
    page = user.press("/console/keys", name="<Zapier>", scopes=["read"])
    [key] = set(re.findall(r"hk_[\w-]{40}", page.text))
    assert "<Zapier>" in page.text
    bearer = {"Authorization": f"Bearer {key}"}
    answer = requests.get(f"{world.stack.url}/v1/me", headers=bearer, timeout=90)
    assert answer.json()["scopes"] == ["read"]
    again = user.page("/console/keys")
    assert key not in again.text + str(again.tags)
    [revoke] = [path for path in again.forms if path.endswith("/revoke")]
    assert "opens nothing" in user.press(revoke).text
    refused = requests.get(f"{world.stack.url}/v1/me", headers=bearer, timeout=90)
    assert refused.status_code == 401


def test_a_gap_is_shown_on_its_connections_page(user: Visitor, world: World) -> None:
    made = world.connect_pairfon()
    page = f"/console/connections/{made}"
    assert "Last gap" not in user.page(page).text
    gap = {"at": "2026-03-01T09:00:00Z", "back_filled": 4, "detail": "Read <anew>."}
    world.stack.db.hset(keys.connection(made), "last_gap", json.dumps(gap))
    text = user.page(page).text
    assert "Last gap" in text
    assert "4 filled in. Read <anew>." in text


def test_an_unreadable_webhook_can_be_looked_at(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    [connection] = world.get("/v1/connections")["data"]
    body = '<script>alert("no JSON")</script> \u202e'
    answer = requests.post(connection["ingress_url"], data=body.encode(), timeout=90)
    assert answer.status_code == 202
    page = user.page("/console/unreadable")
    assert '<script>alert("no JSON")</script> \\u202e' in page.text
    assert "Of what providers sent, 1 could not be read" in user.page("/").text


def test_the_activity_asks_the_providers_at_once(user: Visitor, world: World) -> None:
    assert "No connected provider can list" in user.press("/console/activity/check").text
    world.connect_pairfon()
    world.inject("Just now", webhook=False)
    assert "Asked the providers" in user.press("/console/activity/check").text
    # A flight of the scheduler's that began before the message counts as asking too.
    until(lambda: "Just now" in user.press("/console/activity/check").text, "the message")
