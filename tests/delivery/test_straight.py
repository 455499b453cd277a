"""What fan-out leases to a drain at once, without a claim."""

from __future__ import annotations

from integration.accounts.connections import Connection
from integration.delivery import dead_drains, drain_step, fanout, leasing
from integration.delivery.hook_cache import HookCache
from integration.delivery.records import DrainCapacity, FannedOut, FanOut, StepResult
from integration.hooks import subscriptions
from integration.kernel.events import MESSAGE
from integration.services import Services
from integration.store import keys, lifetimes
from tests.delivery.drains import (
    OTHER,
    WORKSPACE,
    busy,
    ended,
    played,
    receive,
    subscribe,
    unfanned,
)


def stepped(own: Services, token: str = "t", room: int = 100) -> FanOut:
    [owed] = unfanned(own)
    listed = HookCache(own).read(owed)
    return fanout.fan_out(own, owed, listed, DrainCapacity(token, room))


def fanned(own: Services, made: FanOut) -> StepResult:
    outcome = FannedOut(*made.call.run(own.db))
    assert outcome.made >= 0
    return drain_step.with_fan_out(StepResult([], None, []), made, outcome)


def straight(own: Services, token: str = "t", room: int = 100) -> StepResult:
    """One step of fan-out for a drain that lives."""
    played(own, token, room=0)
    return fanned(own, stepped(own, token, room))


def test_what_is_taken_at_once_is_what_a_claim_would_have_given(
    own: Services, connection: Connection
) -> None:
    first, second = subscribe(own), subscribe(own, OTHER)
    receive(own, connection, "one")
    found = straight(own)
    assert {each.hook_id for each in found.claimed} == {first.id, second.id}
    assert found.next_ms is None
    assert busy(own).items() >= {(first.id, "1"), (second.id, "1")}
    assert played(own, "t") == []
    # The drain dies, and another claims them.
    own.db.zadd(keys.DRAINS, {"t": 1})
    assert dead_drains.release(own) == 2
    again = sorted(played(own, "other"))
    assert again == sorted(found.claimed)


def test_what_is_taken_at_once_is_recorded_as_anything_else(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    receive(own, connection, "one")
    [one] = straight(own).claimed
    assert played(own, "t", [ended(one, 200)]) == []
    assert own.db.hget(keys.delivery(one.id), "status") == "delivered"
    assert busy(own) == {}
    assert own.db.hlen(keys.DELIVERIES_LEASED) == 0
    assert own.db.zcard(keys.owed(WORKSPACE)) == 0


def test_a_stretch_ends_where_some_have_to_wait(own: Services, connection: Connection) -> None:
    first, second = subscribe(own), subscribe(own, OTHER)
    receive(own, connection, "one", "two", "three")
    found = straight(own, room=3)
    # The portion was of one event: a second would have been more than there is room for.
    assert len(found.claimed) == 2
    assert found.next_ms is None
    receive(own, connection, *(f"more {number}" for number in range(20)))
    found = straight(own)
    full = leasing.PER_HOOK - 1
    assert [each.hook_id for each in found.claimed].count(first.id) == full
    assert found.next_ms is not None
    assert own.db.zcard(keys.hook_due(first.id)) == own.db.zcard(keys.hook_due(second.id)) == 1
    [owed] = unfanned(own)
    # One event, then nine at once and the one of which each hook had to wait.
    assert len(owed.rows) == 23 - 1 - full - 1


def test_nothing_new_goes_before_what_is_due(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    receive(own, connection, "old")
    fanout.run(own)
    receive(own, connection, "new", "newer")
    found = straight(own)
    assert found.claimed == []
    assert found.next_ms is not None
    assert own.db.zcard(keys.hook_due(hook.id)) == 3
    assert not unfanned(own)


def test_a_paused_hook_is_owed_and_sent_nothing(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    subscriptions.change(own, hook, status="paused")
    receive(own, connection, "one")
    assert straight(own).claimed == []
    assert own.db.zcard(keys.hook_due(hook.id)) == 1


def test_a_step_whose_answer_was_lost_is_made_good_by_the_roll_call(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    receive(own, connection, "one")
    played(own, "t", room=0)
    step = stepped(own)
    step.call.run(own.db)
    # Sent once more, it is too late and gives nothing.
    assert step.call.run(own.db) == [-1, 0, 0, []]
    assert dead_drains.release_unknown("t", ()).run(own.db) == 1
    [one] = played(own, "t")
    assert one.hook_id == hook.id


def test_a_host_at_rest_takes_nothing_at_once(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    receive(own, connection, "one")
    host = own.db.hget(keys.hook(hook.id), "host")
    own.db.hset(f"{keys.host.prefix}{host}", "open_until", 2**52)
    found = straight(own)
    assert found.claimed == []
    assert own.db.zcard(keys.hook_due(hook.id)) == 1


def test_a_look_takes_in_about_what_the_last_step_went_through(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    receive(own, connection, *(f"text {number}" for number in range(30)))
    [owed] = unfanned(own)
    assert len(owed.rows) == 30

    def after(entries: int, made: int, passed: int) -> int:
        return fanout.next_entries(entries, owed, FannedOut(made, 0, passed, []))

    assert after(8, 10, 11) == 13
    assert after(8, 1, 1) == 3
    assert after(8, 30, 30) == 16
    assert after(fanout.BATCH, 30, 30) == fanout.BATCH
    # Another was faster, which says nothing.
    assert after(8, -1, 0) == 8


def test_a_drain_that_the_store_does_not_know_is_given_nothing(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    receive(own, connection, "one")
    played(own, "another", room=0)
    assert fanned(own, stepped(own)).claimed == []
    assert own.db.hlen(keys.DELIVERIES_LEASED) == 0
    assert own.db.zcard(keys.hook_due(hook.id)) == 1


def test_only_what_waits_for_a_living_hook_crowds_its_inbox(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    receive(own, connection, *(f"text {number}" for number in range(leasing.PER_HOOK + 1)))
    assert straight(own).full == {(WORKSPACE, MESSAGE)}
    subscriptions.change(own, hook, status="paused")
    receive(own, connection, "more")
    assert straight(own).full == set()


def test_a_settled_record_that_is_owed_again_is_not_forgotten_on_its_way(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    receive(own, connection, "one")
    [one] = straight(own).claimed
    played(own, "t", [ended(one, 200)])
    own.db.delete(keys.fanout_position(WORKSPACE, MESSAGE))
    own.db.sadd(keys.FANOUT_OWED, f"{WORKSPACE} {MESSAGE}")
    [again] = straight(own).claimed
    assert again.id == one.id
    assert own.db.ttl(keys.delivery(one.id)) == -1
    played(own, "t", [ended(again, 200)])
    assert own.db.ttl(keys.delivery(one.id)) > 0


def test_the_log_of_a_slow_hook_lives_on(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    log = keys.hook_log(hook.id)
    own.db.zadd(log, {f"dlv_{number}": number for number in range(lifetimes.DELIVERIES_KEPT)})
    own.db.expire(log, 60)
    receive(own, connection, "one")
    fanout.run(own)
    assert own.db.ttl(log) > 60


def test_the_log_of_a_busy_hook_is_cut(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    log = keys.hook_log(hook.id)
    own.db.zadd(log, {f"dlv_{number}": number for number in range(lifetimes.DELIVERIES_KEPT + 51)})
    receive(own, connection, "one")
    fanout.run(own)
    assert own.db.zcard(log) == lifetimes.DELIVERIES_KEPT
