"""Targets that fail, each in its way: one event goes to all, so that they wait side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from integration.delivery.drain_step import LEASE_MS
from integration.store import keys
from integration.store.clock import now_ms
from proofs.rig.receiver import Reply
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import Stack, World

HOUR, HALF_MINUTE = 3600, 30
PLANS: dict[str, list[Reply]] = {
    "/fine": [],
    "/error": [Reply(status=500)],
    "/refusal": [Reply(status=404)],
    "/moved": [Reply(status=302, headers={"Location": "/elsewhere"})],
    "/kept-away": [Reply(status=307, headers={"Location": "/elsewhere"})],
    "/busy": [Reply(status=503, headers={"Retry-After": "1"})],
    "/limited": [Reply(status=429, headers={"Retry-After": str(HOUR)})],
    "/closed": [Reply(status=503, headers={"Retry-After": str(HOUR)})],
    "/odd": [Reply(status=503, headers={"Retry-After": "Mon, 01 Jan 99999999999999 00:00:00 GMT"})],
    "/gone": [Reply(status=410)],
    "/hanging": [Reply(hang=True)],
}
FIRST_STATUS = {path: replies[0].status for path, replies in PLANS.items() if replies}


@dataclass(frozen=True, kw_only=True)
class Told:
    world: World
    sink: Sink
    hooks: dict[str, Hooked]


@pytest.fixture(scope="module")
def told(stack: Stack) -> Iterator[Told]:
    world, sink = stack.workspace(), Sink()
    world.connect_pairfon()
    for path, replies in PLANS.items():
        sink.plan(path, *replies)
    hooks = {path: Hooked(world, sink, path) for path in PLANS}
    world.inject("To all")
    yield Told(world=world, sink=sink, hooks=hooks)
    world.leave()
    sink.close()


def seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def ended(delivery: dict[str, Any]) -> datetime:
    """When the first attempt was over."""
    first = delivery["attempts"][0]
    return datetime.fromisoformat(first["at"]) + timedelta(milliseconds=first["took_ms"])


def test_a_target_that_hangs_delays_no_other(told: Told) -> None:
    told.sink.wait_for(1, "/hanging")
    told.sink.wait_for(1, "/fine")
    fine = told.hooks["/fine"].delivery("delivered")
    assert fine["tries"] == 1
    hanging = told.hooks["/hanging"].delivery("queued", "delivered")
    assert ended(fine) < ended(hanging), "the one before the other was given up"


@pytest.mark.parametrize("path", ["/limited", "/closed"])
def test_a_target_that_names_its_time_is_left_alone_until_then(told: Told, path: str) -> None:
    delivery = told.hooks[path].delivery("queued")
    [attempt] = delivery["attempts"]
    wait = seconds_between(attempt["at"], delivery["next_attempt_at"])
    # Each time comes from another process, and these may disagree by up to a second.
    assert HOUR - 2 < wait < HOUR + HALF_MINUTE
    assert len(told.hooks[path].calls()) == 1


def deleted(world: World) -> list[dict[str, str]]:
    rows = world.get("/v1/audit")["data"]
    return [each for each in rows if each["action"] == "hook.deleted"]


def test_a_target_that_is_gone_loses_its_hook(told: Told) -> None:
    hook = told.hooks["/gone"]
    told.sink.wait_for(1, "/gone")
    path = f"/v1/hooks/{hook.id}"
    until(lambda: told.world.call("GET", path).status_code == 404, "the hook's removal")
    assert hook.id not in [each["id"] for each in told.world.get("/v1/hooks")["data"]]
    assert len(hook.calls()) == 1
    rows = until(lambda: deleted(told.world), "its end in the audit list")
    assert [each["subject"] for each in rows] == [hook.id]
    assert (rows[0]["by"], rows[0]["detail"]) == ("target", "inbound-sms to 127.0.0.1: 410")


@pytest.mark.parametrize("path", ["/error", "/refusal", "/moved", "/kept-away", "/busy", "/odd"])
def test_a_delivery_that_failed_is_made_again_as_it_was(told: Told, path: str) -> None:
    first, second = told.sink.wait_for(2, path)
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    delivery = told.hooks[path].delivery("delivered", attempts=2)
    assert [each["status"] for each in delivery["attempts"]] == [FIRST_STATUS[path], 200]
    # A busy target's answer uses up no try.
    tries = 1 if path == "/busy" else 2
    assert (delivery["id"], delivery["tries"]) == (first.headers["webhook-id"], tries)
    assert told.hooks[path].calls() == [first, second]


def test_a_redirect_is_not_followed(told: Told) -> None:
    for path in ("/moved", "/kept-away"):
        told.sink.wait_for(2, path)
        detail = told.hooks[path].log()[0]["attempts"][0]["detail"]
        assert "redirect" in detail
    assert told.sink.calls("/elsewhere") == []


def test_a_test_that_nobody_takes_is_tried_once_and_says_so(world: World, sink: Sink) -> None:
    sink.plan("/hook", *[Reply(status=500)] * 9)
    hook = Hooked(world, sink)
    tested = hook.tested()
    assert (tested["status"], tested["next_attempt_at"]) == ("dead", None)
    assert tested["state_detail"] == "The target answered 500. A test is tried once."
    assert len(hook.calls()) == 1


def test_nobody_listening_is_said_and_tried_again(world: World, sink: Sink) -> None:
    world.connect_pairfon()
    hook = Hooked(world, sink)
    hook.patch(target_url="http://127.0.0.1:9/later")
    world.inject("To nobody")
    delivery = hook.delivery("queued", attempts=1)
    assert "connect" in delivery["attempts"][0]["detail"]


def test_after_the_last_attempt_a_delivery_is_dead_and_can_be_replayed(
    world: World, sink: Sink
) -> None:
    sink.plan("/hook", *[Reply(status=500)] * 9)
    world.connect_pairfon()
    hook = Hooked(world, sink)
    world.inject("Hello")
    first = hook.delivery("queued", attempts=1)
    _to_the_last_attempt(world, hook, first)
    dead = hook.delivery("dead", attempts=2)
    sink.plan("/hook")
    assert (dead["tries"], dead["next_attempt_at"]) == (10, None)
    assert world.get(f"/v1/hooks/{hook.id}")["status"] == "active"
    assert world.post(f"/v1/deliveries/{first['id']}/replay").status_code == 202
    hook.delivery("delivered", attempts=3)
    assert len({each.headers["webhook-id"] for each in hook.calls()}) == 1
    assert len({each.body for each in hook.calls()}) == 1


def _to_the_last_attempt(world: World, hook: Hooked, delivery: dict[str, Any]) -> None:
    """As if nine attempts were behind it and the last one, a day later, were due now."""
    with world.stack.db.pipeline(transaction=True) as pipe:
        pipe.hset(keys.delivery(delivery["id"]), "tries", "9")
        pipe.zadd(keys.hook_due(hook.id), {delivery["id"]: now_ms()})
        pipe.zadd(keys.HOOKS_DUE, {hook.id: now_ms()})
        pipe.rpush(keys.WAKE, "1")
        pipe.execute()


def test_a_worker_killed_while_delivering_delivers_again_under_the_same_id(
    rough: Stack, sink: Sink
) -> None:
    world = rough.workspace()
    world.connect_pairfon()
    hook = Hooked(world, sink)
    sink.plan("/hook", Reply(hang=True))
    world.inject("Important")
    sink.wait_for(1)
    rough.kill("worker")
    rough.pass_time(LEASE_MS / 1000)
    rough.start("worker")
    first, second = sink.wait_for(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert hook.delivery("delivered")["id"] == first.headers["webhook-id"]
    assert len(hook.calls()) == 2


def test_a_target_that_answers_in_no_time_allowed_is_tried_again(told: Told) -> None:
    told.sink.wait_for(2, "/hanging")
    delivery = told.hooks["/hanging"].delivery("delivered", attempts=2)
    assert delivery["attempts"][0]["status"] == 0
    assert "15 seconds" in delivery["attempts"][0]["detail"]
