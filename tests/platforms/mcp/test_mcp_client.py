"""The official client of the protocol works with the service, in the newest revision and before."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from integration import discovery
from integration.schema import mcp_tools
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from tests.platforms.mcp.client import NEWEST, OLDER, call, said, with_client

TOOLS = mcp_tools.tools(discovery.load())
REVISIONS = pytest.mark.parametrize("revision", [NEWEST, OLDER])


async def listed(client: Any) -> dict[str, Any]:
    found = await client.list_tools()
    return {each.name: each.model_dump(by_alias=True, exclude_none=True) for each in found.tools}


@REVISIONS
def test_the_server_tells_what_it_is(world: World, revision: str) -> None:
    async def about(client: Any) -> tuple[str, str]:
        return client.server_info.name, client.instructions

    name, instructions = with_client(world, about, revision)
    assert name == "hookline"
    assert "strangers" in instructions


@REVISIONS
def test_every_trigger_action_search_and_dropdown_is_a_tool(world: World, revision: str) -> None:
    catalog = discovery.load()
    found = with_client(world, listed, revision)
    assert set(found) == {
        *catalog.actions,
        *catalog.searches,
        *(f"poll_{key}" for key in catalog.triggers),
        *(f"options_{key}" for key in catalog.options),
        "get_job",
        "list_activity",
        "get_activity",
    }
    assert found == {name: tool.shown() for name, tool in TOOLS.items()}


@REVISIONS
def test_a_text_is_found_in_the_activity_with_its_whole_way(world: World, revision: str) -> None:
    world.connect_pairfon()
    world.inject("Where is my order?")
    until(world.inbox, "the text")
    found = call(world, "list_activity", revision, q="my order", limit=5)
    assert not found.is_error, found.content
    [row] = found.structured_content["data"]
    assert (row["direction"], row["message"]) == ("in", "Where is my order?")
    way = call(world, "get_activity", revision, row_id=row["id"], at=row["at"])
    assert way.structured_content["row"] == row
    assert way.structured_content["event"]["message"] == "Where is my order?"
    assert call(world, "get_activity", revision, row_id="sms_none").is_error
    assert call(world, "list_activity", revision, direction="up").is_error


@REVISIONS
def test_a_text_goes_out_and_its_job_can_be_looked_at(world: World, revision: str) -> None:
    world.connect_pairfon()
    sent = call(world, "send_sms", revision, phone="+14155550123", message="Hi {{name}} ☎")
    assert not sent.is_error, sent.content
    job = sent.structured_content
    assert job["status"] in ("sent", "delivered")
    assert [each["text"] for each in world.sends()] == ["Hi {{name}} ☎"]
    again = call(world, "get_job", revision, job_id=job["id"]).structured_content
    assert (again["id"], again["input"]) == (job["id"], job["input"])


def test_one_idempotency_key_sends_once(world: World) -> None:
    world.connect_pairfon()
    given = {"phone": "+14155550123", "message": "Once", "idempotency_key": "order-7"}
    first, second = (call(world, "send_sms", **given).structured_content for _ in range(2))
    assert first["id"] == second["id"]
    assert len(world.sends()) == 1
    other = call(world, "send_sms", **{**given, "message": "Twice"})
    assert "another body" in said(other)


def test_several_recipients_are_several_jobs(world: World) -> None:
    world.connect_pairfon()
    numbers = ["+14155550123", "+14155550124"]
    batch = call(world, "send_sms", phone=numbers, message="Hello").structured_content
    assert [each["phone"] for each in batch["jobs"]] == numbers


@pytest.mark.parametrize("phone", ["+14155550123", ["+14155550123", "+14155550124"]])
@REVISIONS
def test_the_assistant_gets_the_sentence_of_a_provider_that_refuses(
    world: World, revision: str, phone: Any
) -> None:
    world.connect_pairfon()
    world.fault("status", "POST /zapier/send-sms", code=422, times=0)
    refused = call(world, "send_sms", revision, phone=phone, message="Hello")
    assert "A fault set in the sandbox fails this request." in said(refused)
    assert world.sends() == []


WRONG = [
    ("send_sms", {"phone": "1234", "message": "Hello"}, "phone"),
    ("send_sms", {"phone": "+14155550123"}, "Message is missing"),
    ("send_sms", {"phone": "+14155550123", "message": "Hi", "colour": "red"}, "no such field"),
    ("find_contact", {}, "phone"),
    ("poll_inbound_sms", {"limit": 1000}, "limit"),
    ("poll_inbound_sms", {"consumer": "me"}, "consumer"),
    ("poll_inbound_sms", {"cursor": "later"}, "cursor"),
    ("get_job", {"job_id": "job_0"}, "job"),
    ("options_devices", {"connection": "conn_nobody"}, "connection"),
]


@pytest.mark.parametrize(("tool", "given", "word"), WRONG)
def test_wrong_arguments_are_an_error_that_can_be_mended(
    world: World, tool: str, given: dict[str, Any], word: str
) -> None:
    world.connect_pairfon()
    assert word in said(call(world, tool, **given))


def test_without_a_connection_the_answer_says_what_to_do(world: World) -> None:
    refused = call(world, "send_sms", phone="+14155550123", message="Hello")
    assert "add one under Connections" in said(refused)


@REVISIONS
def test_what_arrived_is_read_and_read_on(world: World, revision: str) -> None:
    world.connect_pairfon()
    world.inject("First")
    until(world.inbox, "the message in the poll")
    first = call(world, "poll_inbound_sms", revision).structured_content
    assert first["events"] == world.inbox()
    latest = call(world, "poll_latest_sms", revision).structured_content
    assert latest == {"events": first["events"]}
    world.inject("Second")
    until(lambda: len(world.inbox()) == 2, "the second message")
    cursor = first["next_cursor"]
    further = call(world, "poll_inbound_sms", revision, cursor=cursor).structured_content
    assert [each["message"] for each in further["events"]] == ["Second"]


@REVISIONS
def test_searches_and_dropdowns_answer(world: World, revision: str) -> None:
    world.connect_pairfon()
    world.connect_cloud()
    devices = call(world, "list_devices", revision).structured_content["results"]
    assert devices == world.get("/v1/searches/list-devices")
    made = call(world, "create_group", revision, name="Newsletter").structured_content
    groups = call(world, "options_groups", revision).structured_content["options"]
    assert {"id": made["result"]["group_id"], "label": "Newsletter"} in groups
    chosen = {"connection": world.get("/v1/connections")["data"][0]["id"]}
    assert call(world, "options_groups", revision, **chosen).structured_content["options"] == []
    said = TOOLS["send_sms"].inputs["properties"]["device_fingerprint"]["description"]
    assert said.endswith("The tool options_devices lists the choices, for the same connection.")


@pytest.mark.parametrize("name", [name for name, tool in TOOLS.items() if tool.scope == "read"])
def test_every_reading_tool_answers_as_its_schema_says(world: World, name: str) -> None:
    world.connect_pairfon()
    world.connect_cloud()
    world.inject("Hello")
    until(world.inbox, "the message in the poll")
    job = world.send().json()["id"]
    world.settled(job)
    asked = {"get_job": {"job_id": job}, "get_activity": {"row_id": job}}.get(name, {})
    if name in discovery.load().searches and "phone" in TOOLS[name].inputs["properties"]:
        asked = {"phone": "+14155550123"}
    if name == "preview_sms":
        asked = {"message": "Hello"}
    found = call(world, name, **asked)
    assert not found.is_error, found.content
    jsonschema_rs.Draft202012Validator(TOOLS[name].outputs).validate(found.structured_content)
