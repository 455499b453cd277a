"""Triggers on other things than received texts: statuses, conversations, phones, balances."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from integration.inbound.account_changes import SOURCES
from integration.inbound.account_watch import BASED
from integration.kernel.events import BALANCE, DEVICE
from integration.scheduler import FOLLOW_SECONDS
from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import NEXT_YEAR, World


def polled(world: World, trigger: str, count: int, **params: Any) -> list[dict[str, Any]]:
    """The trigger's events, newest first, once there are so many."""

    def enough() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = world.get(f"/v1/triggers/{trigger}", **params)
        return found if len(found) >= count else None

    events: list[dict[str, Any]] = until(enough, f"{count} events of {trigger}")
    assert len(events) == count
    return events


def keys_of(world: World, trigger: str) -> set[str]:
    """What the catalog says such an event has."""
    found = world.get("/v1/catalog")["triggers"]
    return set(next(each["sample"] for each in found if each["key"] == trigger))


def test_a_message_tells_each_change_of_its_status_once(world: World, sink: Sink) -> None:
    connection = world.connect_pairfon()
    hook = Hooked(world, sink, "/message-status", trigger="message-status")
    world.control("PUT", "settings", {"status_after": {"sent": 0, "delivered": 0}})
    job = world.send(wait=20, message="Straße 5").json()
    hook.delivery("delivered")
    world.stack.pass_time(FOLLOW_SECONDS)
    world.settled(job["id"], "delivered")
    delivered, sent = polled(world, "message-status", 2)
    assert (sent["status"], delivered["status"]) == ("sent", "delivered")
    assert sent["id"] != delivered["id"]
    for each in (sent, delivered):
        assert set(each) == keys_of(world, "message-status")
        assert (each["job_id"], each["phone"]) == (job["id"], "+14155550123")
        assert (each["connection"], each["provider"]) == (connection, "pairfon")
        assert each["provider_id"] == job["provider_id"]
    calls = sink.wait_for(2, "/message-status")
    assert [each.event for each in calls] == [sent, delivered]


def test_a_refused_message_tells_why(world: World) -> None:
    world.connect_pairfon()
    world.fault("status", "POST /zapier/send-sms", code=400, body={"error": "No credit left"})
    world.send(wait=20)
    [failed] = polled(world, "message-status", 1, status="failed")
    assert "No credit left" in failed["detail"]


def test_a_cancelled_message_is_an_event_and_a_contact_is_no_message(world: World) -> None:
    world.connect_pairfon()
    world.connect_cloud()
    later = world.send(schedule_at=f"{NEXT_YEAR}T09:00:00Z").json()
    assert world.call("DELETE", f"/v1/jobs/{later['id']}").ok
    group = world.post("/v1/actions/create-group?wait=20", name="Newsletter").json()
    assert group["status"] == "sent", group
    [cancelled] = polled(world, "message-status", 1)
    assert (cancelled["status"], cancelled["job_id"]) == ("cancelled", later["id"])


def test_a_phone_that_changes_comes_or_goes_is_an_event(world: World, sink: Sink) -> None:
    connection = world.connect_pairfon()
    assert world.get("/v1/triggers/device-status") == []
    watched = keys.watched(connection, DEVICE)
    until(lambda: world.stack.db.hexists(watched, BASED), "the first look, which makes no event")
    Hooked(world, sink, "/device-status", trigger="device-status")
    phone = {"device_fingerprint": "sandbox-phone-1", "device_name": "Front Desk"}
    world.control("POST", "devices", {**phone, "status": "inactive"})
    [gone_off] = polled(world, "device-status", 1)
    sink.wait_for(1, "/device-status")
    assert set(gone_off) == keys_of(world, "device-status")
    assert (gone_off["status"], gone_off["previous_status"]) == ("inactive", "active")
    assert (gone_off["device_name"], gone_off["connection"]) == ("Front Desk", connection)
    world.control("POST", "devices", {"device_fingerprint": "second", "status": "active"})
    added = polled(world, "device-status", 2)[0]
    sink.wait_for(2, "/device-status")
    assert (added["device_fingerprint"], added["previous_status"]) == ("second", None)
    removal = {"device_fingerprint": "second"}
    assert world.post("/v1/actions/remove-device?wait=20", **removal).status_code == 200
    assert polled(world, "device-status", 3)[0]["status"] == "removed"
    told = [each.event["status"] for each in sink.wait_for(3, "/device-status")]
    assert told == ["inactive", "active", "removed"]


def test_a_balance_that_falls_below_the_threshold_is_one_event(world: World, sink: Sink) -> None:
    world.connect_cloud()
    hook = Hooked(world, sink, "/low-balance", trigger="low-balance", threshold="100")
    for balance, deliveries in ((150, 0), (99, 1), (80, 1), (120, 1), (90, 2)):
        world.control("PUT", "settings", {"balance": balance}, world.cloud_key)
        world.stack.pass_time(SOURCES[BALANCE].turns)
        until(partial(has_noticed, world, balance), f"a balance of {balance} noticed")
        until(partial(hook.delivered, deliveries), f"{deliveries} deliveries made")
    found = polled(world, "low-balance", 2, threshold="100")
    assert [each["balance"] for each in found] == [90, 99]
    assert set(found[0]) == keys_of(world, "low-balance")
    calls = sink.wait_for(2, "/low-balance")
    assert [each.event for each in calls] == found[::-1]
    assert world.get("/v1/triggers/low-balance", threshold="10") == []


def has_noticed(world: World, balance: float) -> bool:
    return noticed(world) == balance


def noticed(world: World) -> float | None:
    """The balance of the newest event, whatever the threshold."""
    newest: Any = world.stack.db.xrevrange(keys.inbox(world.name, BALANCE), count=1)
    return float(json.loads(newest[0][1]["e"])["balance"]) if newest else None


def test_a_number_that_texts_for_the_first_time_begins_a_conversation(
    world: World, sink: Sink
) -> None:
    world.connect_pairfon()
    Hooked(world, sink, "/new-conversation", trigger="new-conversation")
    for phone, began in (("+14155550123", 1), ("+14155550124", 2), ("+14155550123", 2)):
        world.inject(f"from {phone}", phone=phone, webhook_times=2)
        sink.wait_for(began, "/new-conversation")
    until(lambda: len(world.inbox()) == 3, "all three messages")
    second, first = polled(world, "new-conversation", 2)
    assert set(first) == keys_of(world, "new-conversation")
    assert [first["phone"], second["phone"]] == ["+14155550123", "+14155550124"]
    assert first["message_id"] == world.inbox()[-1]["id"]
    calls = sink.wait_for(2, "/new-conversation")
    assert [each.event for each in calls] == [first, second]


def test_what_came_before_the_connection_begins_no_conversation_for_hooks(
    world: World, sink: Sink
) -> None:
    world.inject("old", received_at="2026-01-31T09:00:00Z")
    world.connect_pairfon()
    Hooked(world, sink, "/new-conversation", trigger="new-conversation")
    assert [each["message"] for each in polled(world, "new-conversation", 1)] == ["old"]
    world.inject("again")
    world.inject("first", phone="+14155550199")
    [call] = sink.wait_for(1, "/new-conversation")
    assert call.event["message"] == "first"
