"""What a delivery says of itself: whether it was tried, what follows, and when."""

from __future__ import annotations

from typing import Any

import pytest

from integration.accounts.connections import Connection
from integration.activity import feed
from integration.activity.rows import Row
from integration.activity.wanted import Wanted
from integration.delivery import again, delivery_state, listing, log, standing
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.kernel.feed_query import DELIVERY
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from tests.delivery.drains import WORKSPACE, ended, owe, played, subscribe

pytestmark = pytest.mark.usefixtures("slow_clock")


def only(own: Services, hook: Hook) -> dict[str, Any]:
    [told] = listing.page(own, hook, 9)[0]
    return told


def states(told: dict[str, Any]) -> tuple[str, str]:
    return told["status"], told["state"]


def test_a_delivery_is_queued_until_its_first_attempt_and_retrying_after_one_that_failed(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    told = only(own, hook)
    assert states(told) == ("queued", "queued")
    assert told["state_detail"] == delivery_state.UNTRIED
    [one] = played(own, "t")
    assert states(only(own, hook)) == ("sending", "sending")
    played(own, "t", [ended(one, 500)], room=0)
    told = only(own, hook)
    assert states(told) == ("queued", "retrying")
    assert told["state_detail"] == f"A test. Its next try is due {told['next_attempt_at']}."


def test_a_delivery_that_met_a_busy_target_says_that_the_hook_waits(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 2)
    first, second = played(own, "t")
    played(own, "t", [ended(first, 429, "600"), ended(second, 429, "600")], room=0)
    for told in listing.page(own, hook, 9)[0]:
        assert (told["state"], told["tries"]) == ("retrying", 0)
        due = f"{standing.ASKED} Its next try is due {told['next_attempt_at']}."
        assert told["state_detail"] == f"A test. {due}"


def test_a_delivery_of_a_paused_hook_has_no_next_try(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    played(own, "t", [ended(one, 500)], room=0)
    told = only(own, subscriptions.change(own, hook, status="paused"))
    assert (told["state"], told["next_attempt_at"]) == ("retrying", None)
    assert told["state_detail"] == f"A test. {delivery_state.STOPPED}"


def test_the_feed_shows_the_state_and_finds_by_it(own: Services, connection: Connection) -> None:
    subscribe(own)
    owe(own, connection, 1)

    def found(status: str) -> list[Row]:
        wanted = Wanted(directions=[DELIVERY], status=status)
        return list(feed.page(own, WORKSPACE, wanted, 9).rows)

    assert [row.status for row in found("")] == ["queued"]
    played(own, "t", [ended(each, 500) for each in played(own, "t")], room=0)
    [row] = found("retrying")
    assert row.detail.startswith("A test. Its next try is due 2")
    assert found("queued") == []


@pytest.mark.parametrize(("status", "state"), [(200, "delivered"), (410, "dead")])
def test_a_delivery_that_is_settled_says_how(
    own: Services, connection: Connection, status: int, state: str
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    played(own, "t", [ended(each, status) for each in played(own, "t")], room=0)
    told = only(own, hook)
    assert (*states(told), told["state_detail"]) == (state, state, "A test.")


def test_one_that_is_sent_again_begins_as_queued_with_its_earlier_attempts(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    played(own, "t", [ended(one, 200)], room=0)
    # The attempt lies back, as it does when somebody asks for it again.
    own.db.hset(keys.delivery(one.id), "attempts", "[5,200,40]")
    told = again.again(own, WORKSPACE, log.get(own, WORKSPACE, one.id))
    assert (told["state"], len(told["attempts"])) == ("queued", 1)


def test_one_whose_time_has_come_is_due_now(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    played(own, "t", [ended(each, 500) for each in played(own, "t")], room=0)
    [name] = own.db.zrange(keys.hook_due(hook.id), 0, -1)
    own.db.hset(keys.delivery(name), "due_ms", now_ms() - 5)
    assert only(own, hook)["state_detail"] == "A test. Its next try is due now."
