"""Zaps that wait for something: by hook, by poll, and filled in from dropdowns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from integration import discovery
from integration.kernel.fields import described
from integration.kernel.specs import Action, Search, Trigger
from platforms._zapier_fields import inputs
from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import World
from tests.platforms.zapier import live
from tests.platforms.zapier.zap import Zap

CATALOG = discovery.load()
APP = live.app()
TRIGGERS = list(CATALOG.triggers)


def hooks(world: World) -> list[dict[str, Any]]:
    return list(world.get("/v1/hooks")["data"])


def switched_on(zap: Zap, key: str, sink: Sink, **given: Any) -> dict[str, Any]:
    """What the subscription gave; Zapier keeps it for switching off."""
    url, meta = sink.url(f"/{key}"), {"zap": {"id": "77"}}
    found = zap.trigger(key, "performSubscribe", targetUrl=url, inputData=given, meta=meta)
    assert found["id"]
    return dict(found)


def switched_off(zap: Zap, key: str, kept: dict[str, Any], url: str = "") -> None:
    assert zap.trigger(key, "performUnsubscribe", subscribeData=kept, targetUrl=url) == {}


def caught(zap: Zap, key: str, sink: Sink) -> list[dict[str, Any]]:
    """The Zap runs that the deliveries so far are made into."""
    calls = sink.wait_for(1, f"/{key}")
    runs = [zap.trigger(key, cleanedRequest=each.event) for each in calls]
    return [one for each in runs for one in each]


def receive(world: World) -> None:
    world.inject("Yes, see you at 5")


def send(world: World) -> None:
    assert world.send().ok


CAUSES: dict[str, Callable[[World], None]] = {
    "inbound_sms": receive,
    "latest_sms": receive,
    "message_status": send,
}
"""How it happens in the sandbox, where it can."""


@pytest.mark.parametrize("key", CAUSES)
def test_a_zap_is_switched_on_runs_and_is_switched_off(
    zap: Zap, world: World, sink: Sink, key: str
) -> None:
    world.connect_pairfon()
    kept = switched_on(zap, key, sink)
    assert [each["description"] for each in hooks(world)] == ["Zap 77"]
    CAUSES[key](world)
    first = caught(zap, key, sink)[0]
    for part, polled in (("performList", key), ("perform", f"{key}_polling")):
        rows = until(partial(zap.trigger, polled, part), "the event polled")
        same = [row for row in rows if row["id"] == first["id"]]
        assert same == [first], "what is polled is to the letter what is delivered"
    live.holds(APP["triggers"][key]["operation"], [first])
    switched_off(zap, key, kept)
    switched_off(zap, key, kept)
    assert hooks(world) == []


@pytest.mark.parametrize("key", TRIGGERS)
def test_every_trigger_can_be_subscribed_to_and_polled(
    zap: Zap, world: World, sink: Sink, key: str
) -> None:
    kept = switched_on(zap, key, sink)
    world.post(f"/v1/hooks/{kept['id']}/test")
    runs = caught(zap, key, sink)
    live.holds(APP["triggers"][key]["operation"], runs)
    assert zap.trigger(f"{key}_polling") == []
    assert zap.trigger(key, "performList") == []
    switched_off(zap, key, kept)


def test_two_zaps_of_one_account_do_not_disturb_each_other(
    zap: Zap, world: World, sink: Sink
) -> None:
    world.connect_pairfon()
    one = switched_on(zap, "inbound_sms", sink, contains="JOIN")
    switched_on(zap, "latest_sms", sink)
    assert len(hooks(world)) == 2
    switched_off(zap, "inbound_sms", one)
    world.inject("JOIN us")
    assert caught(zap, "latest_sms", sink)[0]["message"] == "JOIN us"
    assert sink.calls("/inbound_sms") == []


def test_a_zap_that_lost_its_subscription_is_switched_off_by_its_target(
    zap: Zap, world: World, sink: Sink
) -> None:
    switched_on(zap, "inbound_sms", sink)
    switched_off(zap, "inbound_sms", {}, sink.url("/inbound_sms"))
    assert hooks(world) == []


def test_a_filter_with_curly_braces_is_meant_as_written(zap: Zap, world: World, sink: Sink) -> None:
    # Two braces are a value that Zapier did not fill in, and are refused.
    braced = "Hi {name} & {}"
    world.connect_pairfon()
    switched_on(zap, "inbound_sms", sink, contains=braced, phone="")
    assert hooks(world)[0]["filters"] == {"contains": braced}
    world.inject("Hi & hk_")
    world.inject(f"{braced}!")
    until(lambda: len(world.inbox()) == 2, "both messages")
    rows = zap.trigger("inbound_sms", "performList", inputData={"contains": braced})
    assert [row["message"] for row in rows] == [f"{braced}!"]
    assert [each["message"] for each in caught(zap, "inbound_sms", sink)] == [f"{braced}!"]


def test_several_events_in_one_delivery_are_several_runs(zap: Zap) -> None:
    events = [{"id": "1"}, {"id": "2"}]
    assert zap.trigger("inbound_sms", cleanedRequest=events) == events


def test_the_editors_test_step_shows_the_three_newest(zap: Zap, world: World) -> None:
    world.connect_pairfon()
    for number in range(5):
        world.inject(f"number {number}")
    until(lambda: len(world.inbox()) == 5, "all messages")
    newest = zap.trigger("inbound_sms", "performList")
    assert newest == world.inbox()[:3]
    assert zap.trigger("inbound_sms_polling") == world.inbox()
    assert zap.trigger("latest_sms_polling") == newest[:1]


@pytest.mark.parametrize("key", CATALOG.options)
def test_every_dropdown_has_rows_to_choose_from(zap: Zap, world: World, key: str) -> None:
    world.connect_pairfon()
    world.connect_cloud()
    world.inject("Hello")
    assert world.post("/v1/actions/create-group", name="Newsletter", wait=20).ok
    rows = zap.trigger(f"{key}_list")
    assert rows
    assert all(set(row) == {"id", "label"} for row in rows)


def test_a_long_dropdown_is_read_page_by_page(zap: Zap, world: World) -> None:
    world.connect_pairfon()
    phones = {f"phone-{number:03}" for number in range(110)}
    for phone in phones:
        world.control("POST", "devices", {"device_fingerprint": phone})
    pages = [zap.trigger("devices_list", meta={"page": page}) for page in range(3)]
    assert [len(page) for page in pages] == [100, len(pages[1]), 0]
    ids = [row["id"] for page in pages for row in page]
    assert phones <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_dropdown_follows_the_connection_that_the_form_names(zap: Zap, world: World) -> None:
    pairfon, cloud = world.connect_pairfon(), world.connect_cloud()
    assert zap.trigger("devices_list", inputData={"connection": pairfon})
    assert zap.trigger("devices_list", inputData={"connection": cloud}) == []
    every = zap.trigger("connections_list", inputData={"connection": cloud})
    assert {row["id"] for row in every} == {pairfon, cloud}


def test_the_field_that_a_dropdown_follows_has_it_loaded_again() -> None:
    specs: list[Trigger | Action | Search] = [*CATALOG.triggers.values(), *CATALOG.actions.values()]
    for spec in [*specs, *CATALOG.searches.values()]:
        leading = {each["follows"] for each in described(spec.inputs) if "follows" in each}
        altering = {each["key"] for each in inputs(spec.inputs) if "altersDynamicFields" in each}
        assert altering == leading
