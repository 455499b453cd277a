"""A provider's list that moved past what nobody had seen: it is filled and shown to the user."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from integration.kernel import times
from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink, looked_at, settled
from proofs.rig.stack import World

LIST = "GET /zapier/inbound-sms"
CONVERSATIONS = "GET /chat/conversations"
WRITTEN = Counter(["Known", *(f"B{number}" for number in range(6))])


@pytest.fixture
def connection(world: World) -> str:
    """A connection whose list shows two messages, one of which is known."""
    made = world.connect_pairfon()
    world.inject("Known", webhook=False)
    settled(world, count=1)
    assert shown(world, made) is None
    world.control("PUT", "settings", {"inbound_window": 2})
    return made


def shown(world: World, connection: str) -> Any:
    return world.get(f"/v1/connections/{connection}")["last_gap"]


def miss_some(world: World) -> None:
    """Six messages at once, of which the list shows two."""
    unseen = [{"phone": "+14155550123", "message": f"B{n}", "webhook": False} for n in range(6)]
    world.control("POST", "inbound", unseen)


def texts(world: World) -> Counter[str]:
    return Counter(each["message"] for each in world.inbox(limit=100))


def test_a_gap_is_back_filled_and_shown(world: World, connection: str) -> None:
    miss_some(world)
    gap = world.stack.until_later(lambda: shown(world, connection), "the gap told")
    assert gap["back_filled"] == 4
    assert gap["at"].endswith("Z")
    assert "history was read" in gap["detail"]
    assert texts(world) == WRITTEN
    [me] = world.get("/v1/me")["connections"]
    assert me["last_gap"] == gap
    assert (me["health"], me["health_detail"]) == ("ok", "")
    progress = world.get(f"/v1/connections/{connection}")["backfill"]
    assert (progress["state"], progress["messages_found"]) == ("done", 4)


def test_a_gap_is_found_although_a_webhook_brought_what_the_list_shows(
    world: World, connection: str
) -> None:
    world.fault("status", LIST, code=500, times=0)
    *_, last = [world.inject(f"B{number}", webhook=False) for number in range(6)]
    told = {name: last[name] for name in last if name not in ("uuid", "pushes")}
    address = world.get(f"/v1/connections/{connection}")["ingress_url"]
    assert requests.post(address, json=told, timeout=90).status_code == 200
    world.control("DELETE", "faults")
    world.stack.until_later(lambda: shown(world, connection), "the gap told")
    assert texts(world) == WRITTEN


def test_a_back_fill_that_broke_off_is_made_up_for(world: World, connection: str) -> None:
    world.fault("status", CONVERSATIONS, code=500, times=3)
    miss_some(world)
    gap = world.stack.until_later(lambda: shown(world, connection), "the gap told")
    assert gap["back_filled"] == 4
    assert texts(world) == WRITTEN


def test_a_history_that_is_refused_is_reported_and_holds_up_nothing(
    world: World, connection: str
) -> None:
    world.fault("status", CONVERSATIONS, code=403)
    miss_some(world)
    gap = world.stack.until_later(lambda: shown(world, connection), "the gap told")
    assert gap["back_filled"] == 0
    assert "could not be read" in gap["detail"]
    assert "403" in gap["detail"]
    assert texts(world) == Counter(["Known", "B4", "B5"])
    assert world.get(f"/v1/connections/{connection}")["health"] == "ok"
    read = "what was missed, once it can be read"
    world.stack.until_later(lambda: texts(world) == WRITTEN, read)


def test_an_added_account_brings_no_history_into_stateless_polls(world: World) -> None:
    world.inject("History of the first", received_at="2026-01-31T09:00:00Z")
    looked_at(world, world.connect_pairfon())
    assert texts(world) == Counter(["History of the first"])
    second = f"{world.pairfon_key}_second"
    for words in ("Old", "Older"):
        told = {"phone": "+14155550199", "message": words, "received_at": "2026-01-30T09:00:00Z"}
        world.control("POST", "inbound", told, second)
    base_url = f"{world.stack.sandbox.url}/pairfon"
    world.post("/v1/connections", provider="pairfon", api_key=second, base_url=base_url)
    world.control("POST", "inbound", {"phone": "+14155550199", "message": "News"}, second)
    until(lambda: "News" in texts(world), "the added account's news")
    assert texts(world) == Counter(["History of the first", "News"])
    latest = world.get("/v1/triggers/latest-sms", phone="+14155550199")
    assert latest["message"] == "News"
    sample = world.get("/v1/triggers/inbound-sms/sample")
    assert {each["message"] for each in sample} == {"News", "Old", "Older"}


def test_what_was_not_read_yet_is_still_news_where_its_connection_is_made_again(
    world: World, connection: str, sink: Sink
) -> None:
    record, ten_minutes = keys.connection(connection), timedelta(minutes=10)
    made_ms = int(world.stack.db.hget(record, "created_ms") or 0) - 3_600_000
    world.stack.db.hset(record, "created_ms", made_ms)
    hook = Hooked(world, sink)
    old = {"webhook": False, "received_at": times.rfc3339(datetime.now(UTC) - ten_minutes)}
    missed = [{"phone": f"+1415555020{n}", "message": f"Missed {n}", **old} for n in range(3)]
    shown = [{"phone": "+14155550123", "message": f"B{n}", "webhook": False} for n in range(2)]
    world.fault("status", CONVERSATIONS, code=500, times=0)
    world.control("POST", "inbound", [*missed, *shown])
    assert world.call("DELETE", f"/v1/connections/{connection}").ok
    assert world.connect_pairfon() == connection
    world.control("DELETE", "faults")
    world.stack.until_later(lambda: len(hook.calls()) >= 5, "the texts at the hook")
    told = sorted(each.event["message"] for each in hook.calls())
    assert told == ["B0", "B1", *(f"Missed {n}" for n in range(3))]
