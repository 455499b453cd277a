"""Steps of a drain against the store: what they claim, record once, and give back."""

from __future__ import annotations

from integration.accounts.connections import Connection
from integration.delivery import delivery_state, drain_step, fanout, listing, log
from integration.delivery.hook_cache import HookCache
from integration.hooks import subscriptions
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from integration.store.lifetimes import DAY_MS
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import (
    OTHER,
    PER_HOOK,
    PER_HOST,
    WORKSPACE,
    busy,
    claim,
    ended,
    look_again,
    owe,
    played,
    receive,
    subscribe,
    unfanned,
    widen,
)


def test_a_delivery_says_that_it_is_under_way_only_while_it_is(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    assert delivery_state.status(log.get(own, WORKSPACE, one.id)) == "sending"
    assert [each["status"] for each in listing.page(own, hook, 9)[0]] == ["sending"]
    assert played(own, "t", [ended(one, 500)]) == []
    assert delivery_state.status(log.get(own, WORKSPACE, one.id)) == "queued"


def test_no_more_are_claimed_than_a_hook_and_its_host_may_have(
    own: Services, connection: Connection
) -> None:
    hooks = [subscribe(own, f"https://93.184.216.34/{number}") for number in range(6)]
    elsewhere = subscribe(own, OTHER)
    widen(own, *hooks, elsewhere)
    owe(own, connection, PER_HOOK + 5)
    first = played(own, "t")
    shares = dict.fromkeys({each.hook_id for each in first}, 0)
    for each in first:
        shares[each.hook_id] += 1
    assert max(shares.values()) == PER_HOOK == shares.pop(elsewhere.id)
    assert sum(shares.values()) == PER_HOST
    assert played(own, "another") == []
    look_again(own)
    there = [each for each in first if each.hook_id != elsewhere.id]
    more = played(own, "t", [ended(each, 200) for each in there[:7]])
    assert len(more) == 7
    assert sum(map(int, busy(own).values())) == 2 * (PER_HOST + PER_HOOK)


def test_the_result_of_an_attempt_is_recorded_once(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    for _ in range(2):
        assert played(own, "t", [ended(one, 200)]) == []
    [told] = listing.page(own, hook, 9)[0]
    assert (told["status"], told["tries"], len(told["attempts"])) == ("delivered", 1, 1)
    assert own.db.object("encoding", keys.delivery(one.id)) == "listpack"
    assert own.db.zcard(keys.owed(WORKSPACE)) == 0
    assert busy(own) == {}


def test_what_a_drain_no_longer_holds_it_does_not_record(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [held] = claim(own, "slow")
    assert drain_step.release().run(own.db) == 1
    [one] = played(own, "other")
    assert one.id == held
    played(own, "slow", [ended(one, 200)])
    assert listing.page(own, hook, 9)[0][0]["status"] == "sending"
    played(own, "other", [ended(one, 200)])
    assert listing.page(own, hook, 9)[0][0]["status"] == "delivered"


def test_a_roll_call_gives_back_what_was_claimed_in_an_answer_that_was_lost(
    own: Services, connection: Connection
) -> None:
    widen(own, subscribe(own))
    owe(own, connection, 4)
    known = played(own, "t", room=2)
    lost = played(own, "t")
    assert len(known) == len(lost) == 2
    assert drain_step.release("t", [each.id for each in known]).run(own.db) == 2
    assert sorted(played(own, "other")) == sorted(lost)
    assert drain_step.release().run(own.db) == 0


def test_a_dead_drain_leaves_the_shares_of_hooks_and_hosts_free(
    own: Services, connection: Connection
) -> None:
    widen(own, subscribe(own))
    owe(own, connection, PER_HOOK + 2)
    assert len(claim(own)) == PER_HOOK
    assert drain_step.release().run(own.db) == PER_HOOK
    assert busy(own) == {}
    assert len(played(own, "other")) == PER_HOOK


def test_leased_deliveries_of_a_drain_that_nobody_remembers_come_back(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    own.db.delete(keys.DRAINS)
    assert drain_step.release().run(own.db) == 1
    assert [each.id for each in played(own, "other")] == [one.id]


def test_a_hook_made_while_fan_out_looked_misses_nothing(
    own: Services, connection: Connection
) -> None:
    first = subscribe(own)
    receive(own, connection, "before")
    [owed] = unfanned(own)
    late = subscribe(own, OTHER)
    receive(own, connection, "after")
    stale = fanout.fan_out(own, owed, [first])
    assert stale.run(own.db) == -1
    assert fan_out_all(own) == 3
    assert own.db.zcard(keys.hook_due(late.id)) == 1


def test_cached_hooks_are_read_again_when_one_changed(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    hook_cache = HookCache(own)
    receive(own, connection, "a")
    assert fan_out_all(own, hook_cache) == 1
    receive(own, connection, "b")
    [owed] = unfanned(own)
    assert hook_cache.cached(owed) == [subscriptions.get(own, WORKSPACE, hook.id)]
    subscriptions.change(own, hook, filters={"contains": "x"})
    assert fan_out_all(own, hook_cache) == 0
    receive(own, connection, "xyz")
    assert fan_out_all(own, hook_cache) == 1


def test_a_hook_that_delivers_again_is_not_paused_for_what_failed_before(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, 3)
    first, second, third = played(own, "t")
    assert played(own, "t", [ended(first, 500)]) == []
    long_ago = now_ms() - 5 * DAY_MS - 1
    own.db.hset(keys.hook(hook.id), "failing_since", long_ago)
    played(own, "t", [ended(second, 200)])
    played(own, "t", [ended(third, 500)])
    assert subscriptions.get(own, WORKSPACE, hook.id).status == "active"


def test_a_hook_that_failed_for_days_is_paused(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    owe(own, connection, 2)
    first, second = played(own, "t")
    played(own, "t", [ended(first, 500)])
    assert subscriptions.get(own, WORKSPACE, hook.id).status == "active"
    own.db.hset(keys.hook(hook.id), "failing_since", now_ms() - 5 * DAY_MS - 1)
    played(own, "t", [ended(second, 500)])
    assert subscriptions.get(own, WORKSPACE, hook.id).status == "paused"
