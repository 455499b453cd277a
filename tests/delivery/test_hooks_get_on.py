"""What may not keep a hook from what it is owed: gaps, changes, and records of others."""

from __future__ import annotations

import asyncio
import json

import pytest

from integration.accounts.connections import Connection
from integration.delivery import drain, fanout, listing
from integration.delivery.hook_cache import HookCache
from integration.delivery.records import Claimed, Unfanned
from integration.hooks import subscriptions
from integration.kernel.events import MESSAGE
from integration.runtime import stopping
from integration.services import Services
from integration.store import client, keys, lifetimes
from integration.store.clock import now_ms
from integration.store.lifetimes import DAY_MS
from proofs.rig.fan_out import fan_out_all
from proofs.rig.sandbox import until
from tests.delivery.drains import (
    OTHER,
    PER_HOOK,
    WORKSPACE,
    busy,
    ended,
    owe,
    played,
    receive,
    subscribe,
    widen,
)


def test_records_that_are_gone_keep_no_hook_from_what_is_there(
    own: Services, connection: Connection
) -> None:
    """As behind a long pause: the records have ended by themselves, their places are left."""
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, PER_HOOK + 5)
    for each in own.db.zrange(keys.hook_due(hook.id), 0, PER_HOOK - 1):
        own.db.delete(keys.delivery(each))
    taken: list[Claimed] = []

    def all_taken() -> bool:
        taken.extend(played(own, "t"))
        return len(taken) == 5

    until(all_taken, "the five that are there")


def test_a_paused_hook_forgets_the_deliveries_whose_records_have_expired(
    own: Services, connection: Connection
) -> None:
    hook = subscriptions.change(own, subscribe(own), status="paused")
    expired = own.db.zadd(keys.hook_due(hook.id), {"dlv_expired": now_ms() - 32 * DAY_MS})
    young = own.db.zadd(keys.hook_due(hook.id), {"dlv_young": now_ms() - 29 * DAY_MS})
    assert (expired, young) == (1, 1)
    owe(own, connection, 1)
    left = own.db.zrange(keys.hook_due(hook.id), 0, -1)
    assert "dlv_expired" not in left
    assert len(left) == 2


def test_the_old_targets_410_removes_no_hook_that_has_a_new_one(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    hook = subscriptions.change(own, hook, target_url="https://example.com/new")
    widen(own, hook)
    drain._remove_hook(own, one)
    assert subscriptions.by_id(own, hook.id) is not None
    owe(own, connection, 2)
    newer = next(each for each in played(own, "t") if each.id != one.id)
    drain._remove_hook(own, newer)
    assert subscriptions.by_id(own, hook.id) is None


def test_a_hook_that_is_active_again_is_looked_at_in_the_same_step(
    own: Services, connection: Connection
) -> None:
    hook = subscriptions.change(own, subscribe(own), status="paused")
    owe(own, connection, 2)
    assert played(own, "t") == []
    subscriptions.change(own, hook, status="active")
    assert len(played(own, "t")) == 1


def test_a_hook_whose_health_says_nonsense_loses_no_delivery(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 2)
    nonsense = {"failing_since": "once", "ceiling": "high", "wait_until": "later", "last": "{"}
    own.db.hset(keys.hook(hook.id), mapping=nonsense)
    first, second = played(own, "t")
    played(own, "t", [ended(first, 500), ended(second, 404)], room=0)
    assert set(own.db.zrange(keys.hook_due(hook.id), 0, -1)) == {first.id, second.id}
    assert own.db.zcard(keys.owed(WORKSPACE)) == 2
    assert str(own.db.hget(keys.hook(hook.id), "failing_since")).isdigit()


def test_a_delivery_with_bytes_that_are_no_text_comes_to_its_end_like_any_other(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 2)
    odd = own.db.zrange(keys.hook_due(hook.id), 0, 0)[0]
    own.db.hset(keys.delivery(odd), "attempts", b"\xff")
    played(own, "t", [ended(each, 200) for each in played(own, "t")])
    told, _ = listing.page(own, hook, 9)
    assert [each["status"] for each in told] == ["delivered"] * 2
    assert busy(own) == {}


def test_bytes_that_are_no_text_in_one_workspace_stop_no_other(
    own: Services, connection: Connection
) -> None:
    odd, sound = subscribe(own), subscribe(own, OTHER)
    own.db.hset(keys.hook(odd.id), "description", b"\xff")
    own.db.sadd(keys.FANOUT_OWED, b"\xff message")
    owe(own, connection, 1)
    assert {each.hook_id for each in played(own, "t")} == {odd.id, sound.id}
    assert own.db.zscore(keys.BROKEN, keys.hook(odd.id))
    assert own.db.scard(keys.FANOUT_OWED) == 0


def test_an_event_that_cannot_be_read_stops_the_rounds_of_no_other_workspace(
    own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it may be that is raised: it is noted, and waits for the workspace's next event."""
    subscribe(own)
    receive(own, connection, "a text")
    nothing: dict[str, str] = {}
    monkeypatch.setattr(fanout, "delivery_id", lambda *_: nothing["nonsense"])
    assert fan_out_all(own) == 0
    assert own.db.zscore(keys.BROKEN, keys.inbox(WORKSPACE, MESSAGE))
    assert own.db.scard(keys.FANOUT_OWED) == 0


def test_a_drain_that_is_to_stop_waits_for_what_is_under_way_and_nothing_else(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is due meanwhile is for others: looking for it would be a round at every turn."""
    monkeypatch.setattr(client, "BLOCK_SECONDS", 3600)
    monkeypatch.setattr(stopping, "stopping", stopping.StopSignal())

    async def rests() -> bool:
        state = await drain._opened(own)
        state.next_ms = 0
        stopping.stopping.set()
        resting = asyncio.create_task(drain._rest(state))
        for _ in range(100):
            await asyncio.sleep(0.001)
        rested = resting.done()
        state.in_flight.step_needed.set()
        await resting
        await drain._closed(state)
        return not rested

    assert asyncio.run(rests())


def test_bytes_that_are_no_text_stop_nobody_elses_rounds(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    own.db.xadd(keys.inbox(WORKSPACE, MESSAGE), {b"e": b'{"id": "x\xff"}'})
    receive(own, connection, "sound")

    async def read() -> list[Unfanned]:
        db = client.connect_async(own.settings.redis_url)
        try:
            rows = await fanout.read_unfanned().arun(db)
        finally:
            await db.aclose()
        return list(map(fanout.unfanned, rows))

    [messages] = [each for each in asyncio.run(read()) if each.kind == MESSAGE]
    fanout.fan_out(own, messages, HookCache(own).read(messages)).run(own.db)
    assert any("sound" in each.payload for each in played(own, "t"))


def test_a_settled_record_that_is_owed_again_is_not_forgotten_on_its_way(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    played(own, "t", [ended(one, 200)])
    own.db.expire(keys.delivery(one.id), 60)
    own.db.delete(keys.fanout_position(WORKSPACE, MESSAGE))
    own.db.sadd(keys.FANOUT_OWED, f"{WORKSPACE} {MESSAGE}")
    fan_out_all(own)
    [again] = played(own, "t")
    assert again.id == one.id
    assert own.db.ttl(keys.delivery(one.id)) > 60


def test_a_record_whose_time_ended_on_its_way_does_not_come_back(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    own.db.delete(keys.delivery(one.id))
    played(own, "t", [ended(one, 500)])
    assert not own.db.exists(keys.delivery(one.id))
    assert (busy(own), own.db.zcard(keys.owed(WORKSPACE))) == ({}, 0)


def test_the_deliveries_of_one_fan_out_are_posted_in_the_order_of_their_events(
    own: Services, connection: Connection
) -> None:
    widen(own, subscribe(own))
    owe(own, connection, 15)
    seen = [json.loads(each.payload)["message"] for each in played(own, "t")]
    assert seen == [f"text {number}" for number in range(15)]


def test_the_log_of_a_slow_hook_lives_on(own: Services, connection: Connection) -> None:
    log = keys.hook_log(subscribe(own).id)
    own.db.zadd(log, {f"dlv_{number}": number for number in range(lifetimes.DELIVERIES_KEPT)})
    own.db.expire(log, 60)
    owe(own, connection, 1)
    assert own.db.ttl(log) > 60


def test_the_log_of_a_busy_hook_is_cut(own: Services, connection: Connection) -> None:
    log = keys.hook_log(subscribe(own).id)
    own.db.zadd(log, {f"dlv_{number}": number for number in range(lifetimes.DELIVERIES_KEPT + 51)})
    owe(own, connection, 1)
    assert own.db.zcard(log) == lifetimes.DELIVERIES_KEPT
