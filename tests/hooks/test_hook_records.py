"""Hooks in the store: what a removal takes along, and what two processes at once cannot do."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.delivery import drain_step, fanout
from integration.delivery.again import replay
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.inbound import inbox, retention
from integration.kernel.errors import Conflict, NotFound
from integration.kernel.events import MESSAGE, STATUS
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import TARGET, WORKSPACE, claim, ended, played, receive, subscribe


def leftovers(own: Services, hook: Hook) -> list[str]:
    """Keys that know the hook or one of its deliveries; a host's own record may stay."""
    found = [*own.db.scan_iter(f"*{hook.id}*"), *own.db.scan_iter(f"{keys.delivery.prefix}*")]
    found += own.db.zrange(keys.HOOKS_DUE, 0, -1) + own.db.zrange(keys.owed(WORKSPACE), 0, -1)
    return [*found, *own.db.hkeys(keys.LEASED)]


def test_a_removed_hook_takes_along_what_it_was_owed(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    receive(own, connection, "a", "b", "c")
    assert fan_out_all(own) == 3
    assert own.db.zcard(keys.owed(WORKSPACE)) == 3
    subscriptions.remove(own, hook)
    assert leftovers(own, hook) == []


def test_a_hook_removed_while_its_drain_died_leaves_nothing(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    receive(own, connection, "a", "b")
    fan_out_all(own)
    assert len(claim(own)) == 2
    subscriptions.remove(own, hook)
    assert drain_step.release().run(own.db) == 2
    assert leftovers(own, hook) == []


def test_what_a_dead_drain_held_is_claimed_again(own: Services, connection: Connection) -> None:
    subscribe(own)
    receive(own, connection, "a", "b")
    fan_out_all(own)
    held = claim(own)
    assert len(held) == 2
    assert claim(own, "other") == []
    assert drain_step.release().run(own.db) == 2
    assert sorted(claim(own, "other")) == sorted(held)


def test_a_hook_removed_while_fan_out_looked_at_it_is_owed_nothing(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    receive(own, connection, "a")
    [entry] = inbox.newest(own, WORKSPACE, MESSAGE, 1)
    subscriptions.remove(own, hook)
    assert replay(own, WORKSPACE, MESSAGE, [(hook, entry, "sms_a")]) == 0
    assert leftovers(own, hook) == []


def test_a_change_to_a_hook_that_is_gone_does_not_bring_half_of_it_back(own: Services) -> None:
    hook = subscribe(own)
    subscriptions.remove(own, hook)
    with pytest.raises(NotFound):
        subscriptions.change(own, hook, description="Too late")
    assert subscriptions.listed(own, WORKSPACE) == []
    assert leftovers(own, hook) == []


def test_two_hooks_cannot_come_to_have_one_subscription(own: Services) -> None:
    first, second = subscribe(own), subscribe(own, sim_slot="SIM1")
    with pytest.raises(Conflict):
        subscriptions.change(own, second, filters={})
    assert subscribe(own).id == first.id
    assert subscribe(own, sim_slot="SIM1").id == second.id


def test_an_index_entry_without_its_hook_hinders_no_subscription(own: Services) -> None:
    hook = subscribe(own)
    own.db.delete(keys.hook(hook.id))
    again = subscribe(own)
    assert again.id != hook.id
    assert [each.id for each in subscriptions.listed(own, WORKSPACE)] == [again.id]


def test_events_beyond_the_limit_stay_while_they_are_owed_and_go_with_their_hook(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    receive(own, connection, *(f"text {number}" for number in range(12)))
    fan_out_all(own)
    retention.trim(own, WORKSPACE)
    assert own.db.xlen(keys.inbox(WORKSPACE, MESSAGE)) == 12
    subscriptions.remove(own, hook)
    retention.trim(own, WORKSPACE)
    assert own.db.xlen(keys.inbox(WORKSPACE, MESSAGE)) == own.settings.retention_events


@pytest.mark.parametrize("status", ["active", "paused"])
def test_what_is_owed_of_another_kind_keeps_no_events(
    own: Services, connection: Connection, status: str
) -> None:
    hook, _ = subscriptions.subscribe(
        own, WORKSPACE, trigger="message_status", target_url=TARGET, filters={}
    )
    own.db.xadd(keys.inbox(WORKSPACE, STATUS), {"e": '{"id": "sts_1", "status": "sent"}'})
    own.db.sadd(keys.FANOUT_OWED, f"{WORKSPACE} {STATUS}")
    assert fan_out_all(own) == 1
    subscriptions.change(own, hook, status=status)
    receive(own, connection, *(f"text {number}" for number in range(12)))
    fan_out_all(own)
    retention.trim(own, WORKSPACE)
    assert own.db.xlen(keys.inbox(WORKSPACE, MESSAGE)) == own.settings.retention_events
    assert own.db.zcard(keys.owed(WORKSPACE)) == 1


@pytest.fixture
def few_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "LOOKED_AT_ONCE", 2)


@pytest.mark.usefixtures("few_looked_at")
def test_what_is_owed_is_found_behind_much_that_is_owed_of_another_kind(
    own: Services, connection: Connection
) -> None:
    hook, _ = subscriptions.subscribe(
        own, WORKSPACE, trigger="message_status", target_url=TARGET, filters={}
    )
    one = subscribe(own)
    hour_ago = wall_ms() - 3_600_000
    at = dict.fromkeys((f"dlv_{number}" for number in range(9)), hour_ago)
    theirs = {"inbox": keys.inbox(WORKSPACE, STATUS), "position": f"{hour_ago}-0"}
    for each in at:
        own.db.hset(keys.delivery(each), mapping={"hook": hook.id, **theirs})
    own.db.zadd(keys.owed(WORKSPACE), at)
    receive(own, connection, *(f"text {number}" for number in range(12)))
    fan_out_all(own)
    retention.trim(own, WORKSPACE)
    assert own.db.xlen(keys.inbox(WORKSPACE, MESSAGE)) == 12
    subscriptions.remove(own, one)
    retention.trim(own, WORKSPACE)
    assert own.db.xlen(keys.inbox(WORKSPACE, MESSAGE)) == own.settings.retention_events
    assert own.db.zcard(keys.owed(WORKSPACE)) == len(at)


def test_events_beyond_the_limit_stay_while_nobody_has_fanned_them_out(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    receive(own, connection, "seen before")
    fan_out_all(own)
    [one] = played(own, "t")
    assert played(own, "t", [ended(one, 200)]) == []
    receive(own, connection, *(f"text {number}" for number in range(12)))
    retention.trim(own, WORKSPACE)
    assert fan_out_all(own) == 12


def test_fan_out_to_many_hooks_goes_in_steps_and_owes_each_event_once(
    own: Services, connection: Connection
) -> None:
    made = [subscribe(own, f"{TARGET}/{number}") for number in range(30)]
    receive(own, connection, *(f"text {number}" for number in range(110)))
    entries = list(inbox.after(own, WORKSPACE, MESSAGE, inbox.START))
    taken = fanout._portion(own, made, entries)
    assert {len(wanting) for _, wanting in taken} == {len(made)}
    assert len(taken) == fanout.LARGEST_STEP // len(made)
    assert fan_out_all(own) == 110 * 30
    assert fan_out_all(own) == 0
    assert all(own.db.zcard(keys.hook_due(each.id)) == 110 for each in made)
    assert own.db.smembers(keys.FANOUT_OWED) == set()


def test_a_hook_is_packed_in_the_store_and_read_whole(own: Services) -> None:
    hook = subscribe(own)
    assert own.db.object("encoding", keys.hook(hook.id)) == "listpack"
    assert subscriptions.by_id(own, hook.id) == hook
    for length in (1_900, 64, 10):
        hook = subscriptions.change(own, hook, target_url="https://example.com/" + "x" * length)
        assert subscriptions.by_id(own, hook.id) == hook
    rotated = subscriptions.rotate(own, hook, 60_000)
    assert subscriptions.by_id(own, hook.id) == rotated
    assert [each.secret for each in rotated.old_secrets] == [hook.secret]
