"""Actions, searches, dropdowns and any call, each as a step of a scenario runs it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration import discovery
from integration.kernel.fields import described
from proofs.rig.stack import NEXT_YEAR, World
from tests.platforms.heard import heard
from tests.platforms.make.app import App
from tests.platforms.make.calls import Failure
from tests.platforms.make.runtime import Connection, Make

CATALOG = discovery.load()
PHONE = "+14155550123"


def name_of(app: App, address: str) -> str:
    """The module that calls this address."""
    for name in app.of("module"):
        if app.codes("module", name)["communication"].get("url") == address:
            return name
    raise AssertionError(f"no module calls {address}")


def required(make: Make, connection: Connection, world: World, fields: Any) -> dict[str, Any]:
    """What a user would give: the first of a dropdown, else the field's sample."""
    given = {each["key"]: each["sample"] for each in fields if each["required"]}
    for each in fields:
        if each["key"] in given and "options" in each:
            rows = make.choices(f"list{each['options'].title().replace('_', '')}", connection)
            given[each["key"]] = rows[0]["value"]
        elif each["key"] in given and each["type"] == "url":
            given[each["key"]] = f"{world.stack.url}/healthz"
    return given


def connect(world: World) -> None:
    world.connect_pairfon()
    world.connect_cloud()


@pytest.mark.parametrize("key", sorted(CATALOG.actions))
def test_every_action_runs_with_the_samples_of_its_fields(
    app: App, make: Make, world: World, connection: Connection, key: str
) -> None:
    connect(world)
    name = name_of(app, f"/v1/actions/{key.replace('_', '-')}")
    given = required(make, connection, world, described(CATALOG.actions[key].inputs))
    if "reply_to" in given:
        given["reply_to"] = heard(world)
    job = make.run(name, connection, **given)
    assert job["status"] in ("sent", "delivered"), job
    fields = {field["name"] for field in app.codes("module", name)["interface"]}
    assert fields - {"jobs"} <= job.keys()
    assert world.job(job["id"])["action"] == key.replace("_", "-")


def test_braces_in_a_text_reach_the_phone_as_they_are(
    make: Make, world: World, connection: Connection
) -> None:
    world.connect_pairfon()
    text = "Hi {{first_name}}, {{1.phone}} }} {{ and {{...}}"
    make.run("sendSms", connection, phone=PHONE, message=text)
    assert [sent["text"] for sent in world.sends()] == [text]


def test_every_field_of_a_text_arrives(make: Make, world: World, connection: Connection) -> None:
    connect(world)
    [device] = make.choices("listDevices", connection)
    chosen = make.choices("listConnections", connection)
    [phones] = [row["value"] for row in chosen if "Pairfon" in row["label"]]
    job = make.run(
        "sendSms",
        connection,
        phone=f"{PHONE}, +14155550124",
        message="Two of them",
        device_fingerprint=device["value"],
        sim_slot="SIM2",
        connection=phones,
        schedule_at=f"{NEXT_YEAR}T09:00:00+01:00",
    )
    assert [each["phone"] for each in job["jobs"]] == [PHONE, "+14155550124"]
    for each in job["jobs"]:
        assert each["status"] == "scheduled"
        assert each["schedule_at"] == f"{NEXT_YEAR}T08:00:00Z"
        assert (each["device_fingerprint"], each["sim_slot"]) == (device["value"], "SIM2")


def test_a_step_that_runs_twice_under_one_key_sends_once(
    make: Make, world: World, connection: Connection
) -> None:
    world.connect_pairfon()
    step = {"phone": PHONE, "message": "Once", "idempotency_key": "order-1001"}
    first = make.run("sendSms", connection, **step)
    assert make.run("sendSms", connection, **step)["id"] == first["id"]
    assert len(world.sends()) == 1
    with pytest.raises(Failure) as told:
        make.run("sendSms", connection, **{**step, "message": "Another"})
    # Not DuplicateDataError: Make would pass over a text that was not sent.
    assert told.value.kind == "DataError"
    assert told.value.message.startswith("[409] This idempotency key was used with another body")


@pytest.mark.parametrize("key", sorted(CATALOG.searches))
def test_every_search_finds_bundles(
    app: App, make: Make, world: World, connection: Connection, key: str
) -> None:
    connect(world)
    make.run("sendSms", connection, phone=PHONE, message="Your table is ready.")
    groups = make.choices("listGroups", connection)
    make.run("addContact", connection, phone=PHONE, group_id=groups[0]["value"])
    world.post("/v1/opt-outs", phone=PHONE)
    name = name_of(app, f"/v1/searches/{key.replace('_', '-')}")
    fields = described(CATALOG.searches[key].inputs)
    given = {"phone": PHONE} if "phone" in [each["key"] for each in fields] else {}
    given |= required(make, connection, world, fields)
    found = make.find(name, connection, **given)
    assert found, key
    outputs = {field["name"] for field in app.codes("module", name)["interface"]}
    assert outputs <= found[0].keys()
    assert len(make.find(name, connection, **given, limit=1)) == 1


def test_a_search_that_finds_nothing_gives_no_bundle(
    make: Make, world: World, connection: Connection
) -> None:
    connect(world)
    assert make.find("findContact", connection, phone="+14155559999") == []


@pytest.mark.parametrize("key", sorted(CATALOG.options))
def test_every_dropdown_has_rows(
    make: Make, world: World, connection: Connection, key: str
) -> None:
    connect(world)
    world.inject("Hello")
    rows = make.choices(f"list{key.title().replace('_', '')}", connection)
    assert rows
    assert all(row["label"] and row["value"] for row in rows)


def test_a_long_dropdown_comes_page_by_page(
    make: Make, world: World, connection: Connection
) -> None:
    world.connect_pairfon()
    for number in range(100):
        name = {"device_fingerprint": f"phone-{number}", "device_name": f"Phone {number}"}
        world.control("POST", "devices", name | {"status": "active"})
    rows = make.choices("listDevices", connection)
    assert len({row["value"] for row in rows}) == len(rows) == 101


def test_a_dropdown_follows_the_chosen_connection(
    make: Make, world: World, connection: Connection
) -> None:
    pairfon, cloud = world.connect_pairfon(), world.connect_cloud()
    assert make.choices("listDevices", connection, connection=pairfon)
    assert make.choices("listDevices", connection, connection=cloud) == []
    assert len(make.choices("listConnections", connection, connection=cloud)) == 2


class TestWhatAUserReads:
    def test_a_wrong_number(self, make: Make, world: World, connection: Connection) -> None:
        world.connect_pairfon()
        with pytest.raises(Failure) as told:
            make.run("sendSms", connection, phone="12", message="Hello")
        assert told.value.kind == "DataError"
        assert told.value.message.startswith("[422] phone: ")

    @pytest.mark.parametrize("phone", [PHONE, f"{PHONE}, +14155550124"])
    def test_the_providers_refusal(
        self, make: Make, world: World, connection: Connection, phone: str
    ) -> None:
        world.connect_pairfon()
        world.fault("status", "POST /zapier/send-sms", code=400, times=0)
        with pytest.raises(Failure) as told:
            make.run("sendSms", connection, phone=phone, message="Hello")
        assert told.value.kind == "DataError"
        assert "A fault set in the sandbox fails this request." in told.value.message

    def test_the_providers_no_does_not_switch_the_scenario_off(
        self, make: Make, world: World, connection: Connection
    ) -> None:
        world.connect_pairfon()
        for code in (401, 403):
            world.fault("status", "POST /zapier/send-sms", code=code)
            with pytest.raises(Failure) as told:
                make.run("sendSms", connection, phone=PHONE, message="Hello")
            assert told.value.kind == "RuntimeError"

    def test_a_revoked_key(self, make: Make, world: World, connection: Connection) -> None:
        gone = Connection(label="", data={**connection.data, "apiKey": "hk_gone"})
        with pytest.raises(Failure) as told:
            make.run("sendSms", gone, phone=PHONE, message="Hello")
        assert told.value.kind == "InvalidAccessTokenError"
        assert told.value.message.startswith("[401] ")

    def test_no_provider_yet(self, make: Make, connection: Connection) -> None:
        with pytest.raises(Failure) as told:
            make.run("sendSms", connection, phone=PHONE, message="Hello")
        assert told.value.message.startswith("[422] ")
        assert "connect" in told.value.message.lower()

    def test_a_dropdown_whose_provider_is_away(
        self, make: Make, world: World, connection: Connection
    ) -> None:
        world.connect_pairfon()
        world.fault("status", "GET ", code=500, times=0)
        with pytest.raises(Failure) as told:
            make.choices("listDevices", connection)
        assert told.value.message.startswith("[502] ")


def test_any_call_can_be_made(make: Make, connection: Connection, world: World) -> None:
    found = make.run("makeApiCall", connection, url="/v1/me")
    assert (found["statusCode"], found["body"]["workspace"]) == (200, world.name)
    assert found["headers"]["x-request-id"]
    asked = [{"key": "limit", "value": "1"}]
    listed = make.run("makeApiCall", connection, url="/v1/jobs", method="GET", qs=asked)
    assert listed["body"]["data"] == []


def test_any_call_can_carry_a_body(make: Make, world: World, connection: Connection) -> None:
    world.connect_pairfon()
    body = json.dumps({"phone": PHONE, "message": "By any call", "wait": 20})
    sent = make.run("makeApiCall", connection, url="/v1/actions/send-sms", method="POST", body=body)
    assert sent["body"]["status"] in ("sent", "delivered")
    with pytest.raises(Failure, match=r"\[404\] "):
        make.run("makeApiCall", connection, url="/v1/jobs/job_none", method="GET")
