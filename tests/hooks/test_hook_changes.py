"""Changes of a hook: rotations, changes at once, and what a pause and its end do."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from integration.accounts.connections import Connection
from integration.delivery import hook_state
from integration.hooks import record, signing_secrets, subscriptions
from integration.hooks.record import OldSecret
from integration.inbound import retention
from integration.kernel.errors import Conflict, Unavailable
from integration.kernel.events import MESSAGE
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from integration.store.vault import Vault
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import OTHER, WORKSPACE, ended, owe, played, receive, subscribe


def test_each_old_secret_signs_until_its_own_time(own: Services) -> None:
    hook = subscribe(own)
    rotated = subscriptions.rotate(own, hook, 60_000)
    again = subscriptions.rotate(own, rotated, 90_000)
    newest_first = [bytes.fromhex(each.secret) for each in (again, rotated, hook)]
    found = subscriptions.by_id(own, hook.id)
    assert found == again
    assert signing_secrets.keys_of(again) == newest_first
    over = replace(again, old_secrets=(again.old_secrets[0], OldSecret(hook.secret, now_ms() - 1)))
    assert signing_secrets.keys_of(over) == newest_first[:2]
    assert signing_secrets.keys_of(subscriptions.rotate(own, again, 0))[1:] == []


def test_a_rotation_of_a_release_before_is_read(own: Services) -> None:
    hook = subscribe(own)
    old = base64.b64encode(b"old" * 8).decode()
    secret = base64.b64encode(bytes.fromhex(hook.secret)).decode()
    sealed = record.pieces(own.vault.seal([hook.target_url, secret, old]))
    own.db.hset(keys.hook(hook.id), mapping={**sealed, "old_until_ms": now_ms() + 60_000})
    found = subscriptions.by_id(own, hook.id)
    assert found
    assert signing_secrets.keys_of(found) == [bytes.fromhex(hook.secret), b"old" * 8]


def test_too_many_rotations_end_no_secret_before_its_time(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_secrets, "MOST_OLD", 2)
    hook = subscribe(own)
    for _ in range(2):
        hook = subscriptions.rotate(own, hook, 60_000)
    with pytest.raises(Conflict, match="overlap_hours 0"):
        subscriptions.rotate(own, hook, 60_000)
    assert len(signing_secrets.keys_of(hook)) == 3


def test_a_change_and_a_rotation_at_once_both_hold(own: Services) -> None:
    """Each has read the hook before the other wrote it."""
    hook = subscribe(own)
    rotated = subscriptions.rotate(own, hook, 60_000)
    subscriptions.change(own, hook, target_url=OTHER)
    subscriptions.change(own, hook, description="New")
    subscriptions.rotate(own, hook, 60_000)
    found = subscriptions.by_id(own, hook.id)
    assert found
    assert (found.target_url, found.description) == (OTHER, "New")
    assert [each.secret for each in found.old_secrets] == [rotated.secret, hook.secret]


def test_changes_at_once_leave_the_hook_in_the_index_once(own: Services) -> None:
    hook = subscribe(own)
    subscriptions.change(own, hook, filters={"contains": "one"})
    subscriptions.change(own, hook, target_url=OTHER)
    changed = subscriptions.by_id(own, hook.id)
    assert changed
    assert (changed.target_url, changed.filters) == (OTHER, {"contains": "one"})
    assert own.db.hgetall(keys.hooks(WORKSPACE)) == {record.digest_of(changed): hook.id}
    again = subscriptions.subscribe(
        own, WORKSPACE, trigger="inbound_sms", target_url=OTHER, filters={"contains": "one"}
    )
    assert again == (changed, False)


def test_threads_that_change_one_hook_lose_nothing(own: Services) -> None:
    hook = subscribe(own)

    def change(number: int) -> None:
        if number % 2:
            subscriptions.rotate(own, hook, 60_000)
        else:
            subscriptions.change(own, hook, filters={"contains": f"text {number}"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(24)))
    found = subscriptions.by_id(own, hook.id)
    assert found
    assert len(found.old_secrets) == 12
    assert own.db.hgetall(keys.hooks(WORKSPACE)) == {record.digest_of(found): hook.id}


def test_a_hook_that_the_drain_paused_stays_paused_when_its_note_is_changed(own: Services) -> None:
    hook = subscribe(own)
    own.db.hset(keys.hook(hook.id), "status", "paused")
    subscriptions.change(own, hook, description="New")
    found = subscriptions.by_id(own, hook.id)
    assert found
    assert found.status == "paused"
    subscriptions.change(own, hook, status="active")
    found = subscriptions.by_id(own, hook.id)
    assert found
    assert found.status == "active"


def test_what_a_paused_hook_is_owed_is_bounded_and_what_was_dropped_is_counted(
    own: Services, connection: Connection
) -> None:
    paused, active = subscribe(own, contains="text 1"), subscribe(own)
    most = own.settings.retention_events
    subscriptions.change(own, paused, status="paused")
    receive(own, connection, *(f"text {number}" for number in range(30)))
    fan_out_all(own)
    mine = own.db.zcard(keys.hook_due(paused.id))
    retention.trim(own, WORKSPACE)
    assert own.db.zcard(keys.hook_due(active.id)) == 30
    assert own.db.xlen(keys.inbox(WORKSPACE, MESSAGE)) == 30
    subscriptions.remove(own, active)
    retention.trim(own, WORKSPACE)
    assert own.db.xlen(keys.inbox(WORKSPACE, MESSAGE)) == most
    left = own.db.zcard(keys.hook_due(paused.id))
    assert left <= most
    assert hook_state.one(own, paused)["dropped"] == mine - left > 0
    assert own.db.zcard(keys.owed(WORKSPACE)) == left
    assert len(list(own.db.scan_iter(f"{keys.delivery.prefix}*"))) == left


def test_subscribing_again_resumes_a_paused_hook(own: Services, connection: Connection) -> None:
    hook = subscriptions.change(own, subscribe(own), status="paused")
    receive(own, connection, "meanwhile")
    fan_out_all(own)
    assert played(own, "t") == []
    again = subscribe(own)
    assert (again.id, again.status, again.status_detail) == (hook.id, "active", "")
    assert len(played(own, "t")) == 1


@pytest.mark.parametrize("how", ["resumed", "moved and resumed", "subscribed again"])
def test_what_failed_goes_as_soon_as_its_paused_hook_goes_on(
    own: Services, connection: Connection, how: str
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    # Its seventh try failed: the next one is due in six hours.
    played(own, "t", [ended(one._replace(tries=6), 500)], room=0)
    paused = subscriptions.change(own, hook, status="paused")
    if how == "moved and resumed":
        paused = subscriptions.change(own, paused, target_url=OTHER)
    assert played(own, "t") == []
    if how == "subscribed again":
        assert subscribe(own).status == "active"
    else:
        subscriptions.change(own, paused, status="active")
    assert [each.id for each in played(own, "t")] == [one.id]


def test_a_hook_that_secret_key_does_not_open_is_no_missing_one(own: Services) -> None:
    hook = subscribe(own)
    with pytest.raises(Unavailable, match="SECRET_KEY"):
        subscribe(replace(own, vault=Vault("another key of enough length")))
    assert subscribe(own) == hook
