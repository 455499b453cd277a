"""Everything the connector offers, driven from its files alone against a running service."""

from __future__ import annotations

from typing import Any

import pytest

from integration import discovery
from integration.kernel.catalog import dashed
from platforms import power_automate
from platforms._power_automate_schema import options_id, pascal
from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import World
from tests.platforms.heard import heard
from tests.platforms.power_automate.connector import Connector

CATALOG = discovery.load()


def connector(world: World, **instead: str) -> Connector:
    host = world.stack.url.removeprefix("http://")
    given = {"host": host, "api_key": world.key, **instead}
    return Connector(power_automate.compile(CATALOG, world.stack.url), given)


@pytest.fixture
def connected(world: World) -> Connector:
    world.connect_pairfon()
    world.connect_cloud()
    return connector(world)


def wishes(connected: Connector, operation: str, inputs: Any, sink: Sink) -> dict[str, Any]:
    """What a user fills in: of a dropdown its first row, else the sample that is shown."""
    found = {}
    for name, field in inputs().fields.items():
        if not field.required and name != "phone":
            continue
        found[name] = field.metadata["sample"]
        if "x-ms-dynamic-values" in connected.field(operation, name):
            found[name] = connected.choices(operation, name)[0][0]
        elif field.metadata["sample"].startswith("https://"):
            found[name] = sink.url("/picture.jpg")
    return found


def test_a_flow_gets_each_text_from_its_start_to_its_end(
    world: World, connected: Connector, sink: Sink
) -> None:
    made = connected.subscribe("WhenInboundSms", sink.url())
    assert made.status_code == 201
    location = made.headers["Location"]
    assert location.startswith(f"{world.stack.url}/v1/hooks/")
    world.inject("Hello @{triggerBody()} {{name}}")
    [call] = sink.wait_for(1)
    connected.event("WhenInboundSms", call.event)
    assert call.event["message"] == "Hello @{triggerBody()} {{name}}"
    assert call.event == world.inbox()[0]
    assert world.get("/v1/hooks")["data"][0]["platform"] == "power-automate"
    gone = connected.unsubscribe(location)
    assert (gone.status_code, gone.json()) == (200, {})
    assert world.get("/v1/hooks")["data"] == []
    assert connected.unsubscribe(location).status_code == 200


def test_a_filter_of_a_flow_is_kept(world: World, connected: Connector, sink: Sink) -> None:
    connected.subscribe("WhenInboundSms", sink.url(), sim_slot="SIM2", contains="order")
    [hook] = world.get("/v1/hooks")["data"]
    assert hook["filters"] == {"sim_slot": "SIM2", "contains": "order"}
    world.inject("An order", sim_slot="SIM1")
    world.inject("An order", sim_slot="SIM2")
    [call] = sink.wait_for(1)
    assert call.event["sim_slot"] == "SIM2"


def test_two_triggers_of_one_flow_address_are_two_subscriptions(
    world: World, connected: Connector, sink: Sink
) -> None:
    first = connected.subscribe("WhenInboundSms", sink.url())
    second = connected.subscribe("WhenLatestSms", sink.url())
    assert first.headers["Location"] != second.headers["Location"]
    again = connected.subscribe("WhenInboundSms", sink.url())
    assert (again.status_code, again.headers["Location"]) == (200, first.headers["Location"])


@pytest.mark.parametrize("key", CATALOG.triggers)
def test_every_trigger_delivers_what_its_path_promises(
    world: World, connected: Connector, sink: Sink, key: str
) -> None:
    operation = f"When{pascal(key)}"
    hook = connected.subscribe(operation, sink.url()).json()
    assert hook["trigger"] == dashed(key)
    world.post(f"/v1/hooks/{hook['id']}/test")
    [call] = sink.wait_for(1)
    connected.event(operation, call.event)


@pytest.mark.parametrize("key", CATALOG.triggers)
def test_every_trigger_can_be_read_on_a_schedule_and_gives_each_event_once(
    world: World, connected: Connector, key: str
) -> None:
    if CATALOG.triggers[key].single:
        assert connected.answer(f"Get{pascal(key)}") == {}
        return
    world.inject("Hello")
    until(world.inbox, "the message in the poll")
    operation = f"List{pascal(key)}Events"
    first = connected.answer(operation, consumer="nightly")
    assert first or key != "inbound_sms"
    kept = {event["id"] for event in first}
    assert not kept & {event["id"] for event in connected.answer(operation, consumer="nightly")}


@pytest.mark.parametrize("key", CATALOG.actions)
def test_every_action_ends_in_a_job_that_is_done(
    world: World, connected: Connector, sink: Sink, key: str
) -> None:
    if key == "add_contact":
        connected.answer("CreateGroup", name="Newsletter")
    given = wishes(connected, pascal(key), CATALOG.actions[key].inputs, sink)
    if "reply_to" in given:
        given["reply_to"] = heard(world)
    job = connected.answer(pascal(key), **given)
    assert (job["action"], job["status"]) in [(dashed(key), "sent"), (dashed(key), "delivered")]


@pytest.mark.parametrize("key", CATALOG.searches)
def test_every_search_answers_as_its_schema_says(
    world: World, connected: Connector, sink: Sink, key: str
) -> None:
    world.inject("Hello")
    until(world.inbox, "the message in the poll")
    fields = CATALOG.searches[key].inputs().fields
    wanted = [name for name, field in fields.items() if field.required or name == "phone"]
    given = {name: fields[name].metadata["sample"] for name in wanted}
    found = connected.answer(pascal(key), **given)
    assert found or key in ("find_contact", "find_opt_out")


@pytest.mark.parametrize("key", CATALOG.options)
def test_every_dropdown_gives_rows(world: World, connected: Connector, key: str) -> None:
    world.inject("Hello")
    connected.answer("CreateGroup", name="Newsletter")
    assert connected.answer(options_id(key))


@pytest.mark.parametrize("operation", ["SendSms", "FindMessage", "WhenInboundSms"])
def test_a_dropdown_follows_the_chosen_connection(
    world: World, connected: Connector, operation: str
) -> None:
    accounts = {each["provider"]: each["id"] for each in world.get("/v1/connections")["data"]}
    chosen = {"connection": accounts["pairfon"]}
    assert connected.choices(operation, "device_fingerprint", **chosen)
    chosen = {"connection": accounts["cloud-messaging"]}
    assert connected.choices(operation, "device_fingerprint", **chosen) == []
    assert len(connected.choices(operation, "connection", **chosen)) == len(accounts)


def test_the_users_own_text_arrives_unharmed(world: World, connected: Connector) -> None:
    text = "Hi {{name}}, 10% off\n@{utcNow()} ☎ \\u0041"
    connected.answer("SendSms", phone="+14155550123", message=text)
    assert [each["text"] for each in world.sends()] == [text]


def test_a_run_that_is_repeated_under_its_key_sends_once(
    world: World, connected: Connector
) -> None:
    given = {"phone": "+14155550123", "message": "Once", "idempotency_key": "0858…/Send"}
    first, again = (connected.answer("SendSms", **given)["id"] for _ in range(2))
    assert first == again
    assert len(world.sends()) == 1


def test_an_error_is_a_sentence(world: World, connected: Connector) -> None:
    refused = connected.call("SendSms", phone="1234", message="Hello")
    assert refused.status_code == 422
    world.fault("status", "POST /zapier/send-sms", code=403, times=0)
    for phone in ("+14155550123", "+14155550123, +14155550124"):
        denied = connected.call("SendSms", phone=phone, message="Hello")
        assert denied.status_code == 403
    wrong = connector(world, api_key="hk_wrong").call("CheckConnection")
    assert wrong.status_code == 401
    world.stack.forgive()
    for answer in (refused, denied, wrong):
        connected.check({"$ref": "#/definitions/Problem"}, answer.json())
        assert answer.json()["message"]
        # A flow reads no other type as JSON.
        assert answer.headers["Content-Type"].partition(";")[0] == "application/json"


def test_the_connection_can_be_checked(world: World, connected: Connector) -> None:
    assert connected.answer("CheckConnection")["workspace"] == world.name
