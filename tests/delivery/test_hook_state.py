"""What a hook says of itself: since when it fails, how, and when it is tried next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.delivery import drain_step, hook_state, listing, standing
from integration.delivery.attempt import Attempt
from integration.delivery.in_flight import GONE
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.clock import wall_ms
from tests.delivery.drains import (
    TARGET,
    WORKSPACE,
    ended,
    owe,
    played,
    subscribe,
    wait_over,
    widen,
)

pytestmark = pytest.mark.usefixtures("slow_clock")


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
    assert told["next_attempt_detail"] == standing.ASKED
    assert (told["last_outcome"]["status"], told["waiting"]) == (429, 3)
    for each in listing.page(own, hook, 9)[0]:
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


def test_the_state_of_a_hook_follows_from_what_its_target_did(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    assert state(own, hook)["state"] == standing.NEW
    widen(own, hook)
    owe(own, connection, 4)
    first, second, third, fourth = played(own, "t")
    for each, status, wanted in (
        (first, 200, standing.WORKING),
        (second, 500, standing.FAILING),
        (third, 200, standing.WORKING),
        (fourth, 429, standing.WAITING),
    ):
        played(own, "t", [ended(each, status, "600")], room=0)
        assert state(own, hook)["state"] == wanted
    wait_over(own, hook)
    assert state(own, hook)["state"] == standing.WAITING, "until a post shows another answer"
    paused = subscriptions.change(own, hook, status="paused")
    assert state(own, paused)["state"] == standing.PAUSED
    assert state(own, subscriptions.change(own, paused, status="active"))["state"] == standing.NEW


def test_only_hooks_in_trouble_are_listed_the_worst_first(
    own: Services, connection: Connection
) -> None:
    working, asked, failing, still = (
        subscribe(own, f"{TARGET}/{number}", phone="+14155550123") for number in range(4)
    )
    subscriptions.change(own, still, status="paused")
    owe(own, connection, 1)
    answers = {working.id: 200, asked.id: 429, failing.id: 404}
    claimed = played(own, "t")
    played(own, "t", [ended(each, answers[each.hook_id]) for each in claimed], room=0)
    told = standing.troubles(own, WORKSPACE)
    assert [each.hook_id for each in told] == [failing.id, still.id, asked.id]
    assert (told[0].name, told[0].state) == ("inbound-sms", standing.FAILING)
    assert told[0].since
    assert standing.troubles(own, "another") == []


def test_attempts_are_counted_by_the_hour_and_old_hours_go(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, 4)
    claimed = played(own, "t")
    own.db.hset(keys.hook_hours(hook.id), mapping={"t1": 9, "nonsense": "text"})
    statuses = (200, 200, 500, 429)
    over = [ended(each, status) for each, status in zip(claimed, statuses, strict=True)]
    played(own, "t", over, room=0)
    day = state(own, hook)["last_day"]
    assert (day["taken"], day["failed"], day["postponed"]) == (2, 1, 1)
    assert len(day["hours"]) == 24
    assert sum(each["taken"] for each in day["hours"][-2:]) == 2
    assert len(own.db.hkeys(keys.hook_hours(hook.id))) == 3
    assert 0 < own.db.ttl(keys.hook_hours(hook.id)) <= lifetimes.HOURS_SECONDS
    subscriptions.remove(own, hook)
    assert not own.db.exists(keys.hook_hours(hook.id))


@pytest.mark.parametrize(("code", "says"), [(200, standing.WORKING), (500, standing.FAILING)])
def test_a_post_that_could_not_be_made_says_nothing_of_the_target(
    own: Services, connection: Connection, code: int, says: str
) -> None:
    hook = subscribe(own)
    owe(own, connection, 2)
    first, second = played(own, "t")
    played(own, "t", [ended(first, code)], room=0)
    before = state(own, hook)
    assert before["state"] == says
    played(own, "t", [drain_step.ended(second, Attempt.refused(GONE))], room=0)
    told = state(own, hook)
    for name in ("state", "state_detail", "last_outcome"):
        assert told[name] == before[name], name


def test_a_hook_for_a_connection_that_was_removed_says_so(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own, new=True, connection=connection.id)
    assert hook_state.one(own, hook)["state"] == standing.NEW
    connections.forget(own, connection)
    told = hook_state.one(own, hook)
    assert (told["state"], told["state_detail"]) == (standing.FAILING, standing.REMOVED)
    [trouble] = standing.troubles(own, WORKSPACE)
    assert (trouble.hook_id, trouble.detail) == (hook.id, standing.REMOVED)
    connections.save(own, connection)
    assert hook_state.one(own, hook)["state"] == standing.NEW
    assert standing.troubles(own, WORKSPACE) == []
