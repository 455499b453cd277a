"""What a provider shows and nobody can read is counted once, kept and shown; nothing is dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.sink import settled
from proofs.rig.stack import World


def connection(world: World) -> dict[str, Any]:
    [found] = world.get("/v1/connections")["data"]
    return dict(found)


def kept(world: World) -> list[Any]:
    found = world.stack.db.lrange(keys.unreadable(world.name), 0, -1)
    return [json.loads(json.loads(each)["body"]) for each in found]


def sync_again(world: World, made: str) -> None:
    state, db = keys.sync_state(made), world.stack.db
    before = db.hget(state, "synced_ms")
    db.hset(state, "tried_ms", 0)
    until(lambda: db.hget(state, "synced_ms") != before, "a sync")


def test_a_row_without_a_readable_time_is_counted_once_and_shown(world: World) -> None:
    made = world.connect_pairfon()
    odd = {"received_at": "the day before"}
    world.inject("Odd", webhook=False, row=odd)
    world.inject("Even", webhook=False)
    until(lambda: connection(world)["unreadable"], "the row counted")
    for _ in range(2):
        sync_again(world, made)
    shown = connection(world)
    assert shown["unreadable"] == 1
    assert shown["last_unreadable"]["reason"] == "A row has no time that we can read."
    assert shown["last_unreadable"]["at"].endswith("Z")
    [row] = kept(world)
    assert (row["message"], row["received_at"]) == ("Odd", "the day before")
    assert [each["message"] for each in world.inbox()] == ["Even"]
    assert shown["health"] == "ok"


def test_a_row_that_came_by_webhook_is_not_counted_again_in_the_list(world: World) -> None:
    world.connect_pairfon()
    world.post("/v1/hooks", target_url="http://127.0.0.1:9/x", trigger="inbound-sms")
    until(lambda: world.control("GET", "state")["webhooks"], "our webhook")
    world.inject("Odd", row={"received_at": None})
    world.inject("Even", webhook=False)
    settled(world, count=1)
    assert connection(world)["unreadable"] == 1
    assert len(kept(world)) == 1


@pytest.mark.parametrize("webhook", [True, False], ids=["webhook", "list"])
def test_an_mms_is_an_event_without_a_text(world: World, webhook: bool) -> None:
    world.connect_pairfon()
    world.post("/v1/hooks", target_url="http://127.0.0.1:9/x", trigger="inbound-sms")
    until(lambda: world.control("GET", "state")["webhooks"], "our webhook")
    world.inject("A picture", webhook=webhook, row={"message": None})
    settled(world, count=1)
    assert [each["message"] for each in world.inbox()] == [""]
    assert connection(world)["unreadable"] == 0
