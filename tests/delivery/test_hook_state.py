"""What a hook says of itself: since when it fails, how, and when it is tried next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from integration.accounts.connections import Connection
from integration.delivery import hook_state, log
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE, ended, owe, played, subscribe


def state(own: Services, hook: Hook) -> dict[str, Any]:
    return hook_state.one(own, subscriptions.get(own, WORKSPACE, hook.id))


def seconds_until(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp() - wall_ms() / 1000


def test_a_hook_that_was_never_tried_says_nothing(own: Services) -> None:
    told = state(own, subscribe(own))
    nothing = told["failing_since"], told["last_outcome"], told["next_attempt_at"]
    assert nothing == (None, None, None)
    assert (told["next_attempt_detail"], told["waiting"], told["dropped"]) == ("", 0, 0)


def test_a_failure_says_since_when_how_and_when_next(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    played(own, "t", [ended(one, 500)], room=0)
    told = state(own, hook)
    assert -60 < seconds_until(told["failing_since"]) <= 1
    assert told["last_outcome"]["status"] == 500
    assert 0 < seconds_until(told["next_attempt_at"]) < 7
    assert told["next_attempt_detail"] == hook_state.RETRY
    assert told["waiting"] == 1


def test_a_busy_target_says_until_when_the_hook_waits(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 3)
    played(own, "t", [ended(each, 429, "600") for each in played(own, "t")], room=0)
    told = state(own, hook)
    assert 590 < seconds_until(told["next_attempt_at"]) <= 601
    assert told["next_attempt_detail"] == hook_state.BUSY
    assert (told["last_outcome"]["status"], told["waiting"]) == (429, 3)
    for each in log.listed(own, hook, 9, 0)[0]:
        assert 590 < seconds_until(each["next_attempt_at"]) <= 601


def test_a_success_clears_since_when_a_hook_failed(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    owe(own, connection, 2)
    first, second = played(own, "t")
    played(own, "t", [ended(first, 404)], room=0)
    assert state(own, hook)["failing_since"]
    played(own, "t", [ended(second, 200)], room=0)
    told = state(own, hook)
    assert (told["failing_since"], told["last_outcome"]["status"]) == (None, 200)


def test_a_paused_hook_has_no_next_attempt(own: Services, connection: Connection) -> None:
    hook = subscriptions.change(own, subscribe(own), status="paused")
    owe(own, connection, 1)
    told = state(own, hook)
    assert (told["next_attempt_at"], told["next_attempt_detail"], told["waiting"]) == (None, "", 1)


@pytest.mark.parametrize("nonsense", ["{", "[]", "[1]", "null", "9" * 30])
def test_nonsense_in_a_hooks_health_hides_no_hook(own: Services, nonsense: str) -> None:
    hook = subscribe(own)
    names = ("last", "failing_since", "wait_until", "dropped")
    own.db.hset(keys.hook(hook.id), mapping=dict.fromkeys(names, nonsense))
    assert state(own, hook)["id"] == hook.id
    own.db.set(keys.hook_due(hook.id), "text")
    assert state(own, hook)["waiting"] == 0
