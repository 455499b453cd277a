"""Triggers in a scenario: instant by webhook, and by schedule with only what is new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from integration import discovery
from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import World
from tests.platforms.make.app import App
from tests.platforms.make.runtime import Connection, Make, Mark

POLLED = "watchInboundSmsBySchedule"
LATEST = "watchLatestSmsBySchedule"
EVERY = sorted(discovery.load().triggers)


def instant(app: App, key: str) -> tuple[str, str]:
    """The module of a trigger and its webhook."""
    wanted = key.replace("_", "-")
    for name, entry in app.of("module").items():
        hook = entry.get("webhook")
        if hook and app.codes("webhook", hook)["attach"]["body"]["trigger"] == wanted:
            return name, hook
    raise AssertionError(f"no instant module for {key}")


def arrived(world: World, *messages: str, **more: Any) -> None:
    had = len(world.inbox(limit=100))
    for message in messages:
        world.inject(message, **more)
    until(lambda: len(world.inbox(limit=100)) == had + len(messages), "the texts in the inbox")


def test_an_inbound_text_becomes_a_bundle_until_the_webhook_is_detached(
    app: App, make: Make, world: World, connection: Connection, sink: Sink
) -> None:
    world.connect_pairfon()
    module, hook = instant(app, "inbound_sms")
    kept = make.attach(hook, connection, sink.url())
    world.inject("Hello {{name}}")
    [call] = sink.wait_for(1)
    bundle = make.bundle(hook, call.event)
    assert bundle["message"] == "Hello {{name}}"
    shown = {field["name"] for field in app.codes("module", module)["interface"]}
    assert shown <= bundle.keys()
    [listed] = world.get("/v1/hooks")["data"]
    assert (listed["platform"], listed["target_url"]) == ("make", sink.url())
    make.detach(hook, connection, kept)
    make.detach(hook, connection, kept)
    assert world.get("/v1/hooks")["data"] == []


def test_a_filter_of_the_webhook_holds(
    app: App, make: Make, world: World, connection: Connection, sink: Sink
) -> None:
    world.connect_pairfon()
    _, hook = instant(app, "inbound_sms")
    make.attach(hook, connection, sink.url(), contains="wanted", sim_slot="SIM1")
    [listed] = world.get("/v1/hooks")["data"]
    assert listed["filters"] == {"contains": "wanted", "sim_slot": "SIM1"}
    arrived(world, "something else", "this is wanted")
    sink.wait_for(1)
    assert [call.event["message"] for call in sink.all] == ["this is wanted"]


@pytest.mark.parametrize("key", EVERY)
def test_every_trigger_can_be_attached_and_detached(
    app: App, make: Make, world: World, connection: Connection, sink: Sink, key: str
) -> None:
    _, hook = instant(app, key)
    kept = make.attach(hook, connection, sink.url())
    [listed] = world.get("/v1/hooks")["data"]
    assert listed["trigger"] == key.replace("_", "-")
    assert kept == {"externalHookId": listed["id"]}
    make.detach(hook, connection, kept)
    assert world.get("/v1/hooks")["data"] == []


def test_a_poll_gives_only_what_is_new_the_oldest_first(
    make: Make, world: World, connection: Connection
) -> None:
    world.connect_pairfon()
    arrived(world, "one", "two")
    mark = Mark()
    found = make.poll(POLLED, connection, mark)
    assert [each["message"] for each in found] == [
        each["message"] for each in sorted(world.inbox(), key=lambda e: (e["received_at"], e["id"]))
    ]
    assert make.poll(POLLED, connection, mark) == []
    later = "2099-01-01T00:00:00Z"
    arrived(world, "three", received_at=later)
    assert [each["message"] for each in make.poll(POLLED, connection, mark)] == ["three"]
    assert make.poll(POLLED, connection, mark) == []


def test_a_poll_takes_no_more_at_once_than_the_user_said(
    make: Make, world: World, connection: Connection
) -> None:
    world.connect_pairfon()
    for second in range(3):
        arrived(world, f"text {second}", received_at=f"2026-01-01T00:00:0{second}Z")
    mark = Mark()
    rounds = [make.poll(POLLED, connection, mark, limit=2) for _ in range(3)]
    assert [[each["message"] for each in found] for found in rounds] == [
        ["text 0", "text 1"],
        ["text 2"],
        [],
    ]


def test_a_poll_from_a_chosen_start_leaves_out_what_came_before(
    make: Make, world: World, connection: Connection
) -> None:
    world.connect_pairfon()
    arrived(world, "before", received_at="2026-01-01T00:00:00Z")
    arrived(world, "after", received_at="2026-01-02T00:00:00Z")
    starts = make.starts(POLLED, connection)
    assert {each["label"] for each in starts} == {"+14155550123: before", "+14155550123: after"}
    [chosen] = [each["date"] for each in starts if each["label"].endswith("before")]
    mark = Mark(date=datetime.fromisoformat(chosen), id="~")
    assert [each["message"] for each in make.poll(POLLED, connection, mark)] == ["after"]


def test_the_latest_text_is_one_bundle_and_an_empty_inbox_gives_no_bundle(
    make: Make, world: World, connection: Connection
) -> None:
    world.connect_pairfon()
    mark = Mark()
    assert make.poll(LATEST, connection, mark) == []
    assert make.starts(LATEST, connection) == []
    arrived(world, "old", received_at="2026-01-01T00:00:00Z")
    arrived(world, "new", received_at="2026-01-02T00:00:00Z")
    assert [each["message"] for each in make.poll(LATEST, connection, mark)] == ["new"]
    assert make.poll(LATEST, connection, mark) == []


def test_filters_of_a_poll_hold(make: Make, world: World, connection: Connection) -> None:
    world.connect_pairfon()
    arrived(world, "from Bob", phone="+14155550777")
    arrived(world, "from Amy")
    found = make.poll(POLLED, connection, Mark(), phone="+14155550777")
    assert [each["message"] for each in found] == ["from Bob"]


@pytest.mark.parametrize("key", EVERY)
def test_every_trigger_with_a_time_can_be_polled(
    app: App, make: Make, world: World, connection: Connection, key: str
) -> None:
    name = instant(app, key)[0] + "BySchedule"
    if name in app.of("module"):
        assert make.poll(name, connection, Mark()) == []
        assert make.starts(name, connection) == []
    else:
        interface = app.codes("module", instant(app, key)[0])["interface"]
        assert "date" not in {field["type"] for field in interface}
