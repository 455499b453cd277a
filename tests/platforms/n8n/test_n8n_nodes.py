"""The built n8n nodes against the running service, called through a stand-in for n8n."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import NEXT_YEAR, World
from tests.platforms.n8n.built import Nodes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
TEXT = {"phone": "+14155550123", "message": "Hello {{ $json.name }} {{bundle.x}}"}


@pytest.fixture(autouse=True)
def connection(world: World) -> str:
    return world.connect_pairfon()


def hooks(world: World) -> list[dict[str, Any]]:
    return list(world.get("/v1/hooks")["data"])


def test_the_credential_test_takes_a_good_key_and_refuses_another(
    nodes: Nodes, world: World
) -> None:
    assert nodes.run("check")["result"]["label"]
    nodes.credentials["apiKey"] = "hk_wrong"
    assert nodes.run("check")["error"]["message"] == "HTTP 401"


def test_activation_subscribes_and_deactivation_leaves_nothing_behind(
    nodes: Nodes, world: World, sink: Sink
) -> None:
    target = sink.url("/webhook/1")
    assert nodes.hook("checkExists", target, "inbound-sms") is False
    assert nodes.hook("create", target, "inbound-sms", contains="order") is True
    [made] = hooks(world)
    assert (made["platform"], made["description"]) == ("n8n", "Answer texts")
    assert (made["target_url"], made["filters"]) == (target, {"contains": "order"})
    world.inject("hello")
    world.inject("My order")
    [call] = sink.wait_for(1, "/webhook/1")
    [items] = nodes.run("webhook", body=call.event)["result"]["workflowData"]
    assert [each["json"]["message"] for each in items] == ["My order"]
    assert nodes.hook("delete", target, "inbound-sms") is True
    assert hooks(world) == []


def test_a_restart_finds_its_hook_and_a_changed_filter_replaces_it(
    nodes: Nodes, world: World, sink: Sink
) -> None:
    target = sink.url("/webhook/2")
    nodes.hook("create", target, "inbound-sms", phone="+14155550123")
    [first] = hooks(world)
    nodes.hook("create", target, "inbound-sms", phone="+14155550123")
    assert [each["id"] for each in hooks(world)] == [first["id"]]
    nodes.hook("create", target, "inbound-sms", phone="+14155550124")
    [changed] = hooks(world)
    assert changed["filters"] == {"phone": "+14155550124"}


@pytest.mark.parametrize("detail", ["It failed for 5 days.", ""], ids=["us", "a person"])
def test_activation_resumes_a_paused_hook(
    nodes: Nodes, world: World, sink: Sink, detail: str
) -> None:
    nodes.hook("create", sink.url("/webhook/3"), "inbound-sms")
    [hook] = hooks(world)
    paused = {"status": "paused", "status_detail": detail}
    world.stack.db.hset(keys.hook(hook["id"]), items=[*chain(*paused.items())])
    nodes.hook("create", sink.url("/webhook/3"), "inbound-sms")
    assert [(each["id"], each["status"]) for each in hooks(world)] == [(hook["id"], "active")]


def test_another_workflows_hook_is_left_alone(nodes: Nodes, world: World, sink: Sink) -> None:
    nodes.hook("create", sink.url("/webhook/a"), "inbound-sms")
    nodes.hook("create", sink.url("/webhook/b"), "inbound-sms")
    nodes.hook("delete", sink.url("/webhook/a"), "inbound-sms")
    assert [each["target_url"] for each in hooks(world)] == [sink.url("/webhook/b")]


def test_polling_gives_what_came_since_and_each_text_once(nodes: Nodes, world: World) -> None:
    world.inject("Before")
    until(world.inbox, "the first text")
    static: dict[str, Any] = {}
    assert nodes.poll("inbound-sms", static) == []
    for number in range(3):
        world.inject(f"New {number}")
    until(lambda: len(world.inbox()) == 4, "all texts")
    found = [each["message"] for each in nodes.poll("inbound-sms", static)]
    assert sorted(found) == ["New 0", "New 1", "New 2"]
    assert nodes.poll("inbound-sms", static) == []


def test_polling_a_single_object_gives_it_when_it_has_changed(nodes: Nodes, world: World) -> None:
    static: dict[str, Any] = {}
    assert nodes.poll("latest-sms", static) == []
    world.inject("First")
    until(world.inbox, "the text")
    assert [each["message"] for each in nodes.poll("latest-sms", static)] == ["First"]
    assert nodes.poll("latest-sms", static) == []


def test_a_manual_poll_shows_a_sample(nodes: Nodes) -> None:
    [sample] = nodes.poll("inbound-sms", {}, mode="manual")
    assert sample["id"].startswith("sms_")


def test_a_text_goes_out_with_its_braces_and_once_however_often_the_step_is_retried(
    nodes: Nodes, world: World
) -> None:
    for _ in range(2):
        [[item]] = nodes.act("send-sms", TEXT)["result"]
        assert item["json"]["status"] in ("sent", "delivered")
        assert item["pairedItem"] == {"item": 0}
    assert [each["text"] for each in world.sends()] == [TEXT["message"]]
    nodes.act("send-sms", TEXT, execution="2")
    assert len(world.sends()) == 2


def test_an_agent_that_asks_for_a_text_again_sends_it_once_and_another_text_as_well(
    nodes: Nodes, world: World
) -> None:
    """To n8n each try of a call is a run of its own, and two calls at once may be one run."""
    tool = {"type": "n8n-nodes-hookline.hooklineTool"}
    for run in (0, 1):
        nodes.act("send-sms", TEXT, run=run, **tool)
    assert len(world.sends()) == 1
    [[item]] = nodes.act("send-sms", {**TEXT, "message": "Another"}, run=1, **tool)["result"]
    assert item["json"]["status"] in ("sent", "delivered")
    assert len(world.sends()) == 2
    nodes.act("send-sms", TEXT, execution="2", **tool)
    assert len(world.sends()) == 3


def test_a_refusal_is_shown_in_our_words_and_names_the_item(nodes: Nodes, world: World) -> None:
    error = nodes.act("send-sms", {**TEXT, "phone": "nobody"})["error"]
    refused = world.send(phone="nobody").json()["message"]
    assert (error["message"], error["httpCode"], error["item"]) == (refused, "422", 0)


def test_a_workflow_that_goes_on_after_an_error_gets_its_sentence(nodes: Nodes) -> None:
    given = {**TEXT, "phone": "nobody"}
    [[item]] = nodes.act("send-sms", given, goOn=True)["result"]
    assert "phone" in item["json"]["error"].lower()


@pytest.mark.parametrize("phone", ["+14155550123", "+14155550123, +14155550124"])
def test_a_providers_refusal_fails_the_step(nodes: Nodes, world: World, phone: str) -> None:
    world.fault("status", "POST /zapier/send-sms", code=403, times=0)
    error = nodes.act("send-sms", TEXT | {"phone": phone})["error"]
    assert error["httpCode"] == "403"


def test_a_time_without_an_offset_is_the_workflows(nodes: Nodes, world: World) -> None:
    added = {"schedule_at": f"{NEXT_YEAR}T09:00:00"}
    [[item]] = nodes.act("send-sms", TEXT, added=added)["result"]
    assert item["json"]["schedule_at"] == f"{NEXT_YEAR}T08:00:00Z"


def test_a_search_gives_an_item_for_each_row(nodes: Nodes) -> None:
    [items] = nodes.act("list-devices", {})["result"]
    assert [each["json"]["device_fingerprint"] for each in items] == ["sandbox-phone-1"]


def test_a_dropdown_lists_names_and_values(nodes: Nodes, connection: str) -> None:
    [row] = nodes.run("options", method="getConnections")["result"]
    assert row["value"] == connection


@pytest.mark.parametrize("collection", ["additionalFields", "filters"])
def test_a_dropdown_follows_the_chosen_connection(
    nodes: Nodes, world: World, connection: str, collection: str
) -> None:
    cloud = world.connect_cloud()
    for chosen, count in ((connection, 1), (cloud, 0)):
        given = {collection: {"connection": chosen}}
        rows = nodes.run("options", method="getDevices", parameters=given)["result"]
        assert len(rows) == count
        every = nodes.run("options", method="getConnections", parameters=given)["result"]
        assert len(every) == 2


def test_a_wrong_server_is_named_as_such(nodes: Nodes, sink: Sink) -> None:
    nodes.credentials["baseUrl"] = sink.url("/nowhere")
    assert "Server URL" in str(nodes.act("send-sms", TEXT)["error"])
