"""A target that asks for time: its whole hook waits, and then goes on at the target's pace."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from integration.accounts.connections import Connection
from integration.delivery import again as repeat
from integration.delivery import listing, log
from integration.delivery.drain_step import ATTEMPTS_KEPT
from integration.delivery.records import Claimed
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.kernel.errors import Conflict
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import (
    OTHER,
    PER_HOOK,
    WORKSPACE,
    ended,
    owe,
    played,
    receive,
    subscribe,
    wait_over,
    widen,
)

pytestmark = pytest.mark.usefixtures("slow_clock")


def waits(own: Services, hook: Hook) -> float:
    """The seconds that the hook waits from now."""
    return (int(own.db.hget(keys.hook(hook.id), "wait_until") or 0) - now_ms()) / 1000


def refused(own: Services, claimed: Sequence[Claimed], retry_after: str | None) -> None:
    played(own, "t", [ended(each, 429, retry_after) for each in claimed], room=0)


def test_the_whole_hook_waits_and_no_delivery_loses_a_try(
    own: Services, connection: Connection
) -> None:
    hook, other = subscribe(own), subscribe(own, OTHER)
    owe(own, connection, 5)
    first = played(own, "t")
    played(own, "t", [ended(each, 200) for each in first if each.hook_id == other.id], room=0)
    refused(own, [each for each in first if each.hook_id == hook.id], "600")
    assert 595 < waits(own, hook) <= 600
    assert {each.hook_id for each in played(own, "t")} == {other.id}
    receive(own, connection, "more")
    fan_out_all(own)
    assert hook.id not in {each.hook_id for each in played(own, "t")}
    told, _ = listing.page(own, hook, 9)
    assert {each["tries"] for each in told} == {0}
    assert sorted(len(each["attempts"]) for each in told) == [0] * 4 + [1] * 2


def test_after_the_wait_one_post_goes_first_and_more_as_they_are_taken(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, 60)
    refused(own, played(own, "t"), "60")
    wait_over(own, hook)
    seen = []
    for _ in range(5):
        taken = played(own, "t")
        seen.append(len(taken))
        played(own, "t", [ended(each, 200) for each in taken], room=0)
    # Up to half of what was too much it doubles, and then it grows by one for sixteen posts.
    assert seen == [1, 2, 4, 8, 8]


def test_a_new_hook_begins_with_one_post(own: Services, connection: Connection) -> None:
    subscribe(own, new=True)
    owe(own, connection, 9)
    seen = []
    for _ in range(4):
        taken = played(own, "t")
        seen.append(len(taken))
        played(own, "t", [ended(each, 200) for each in taken], room=0)
    assert seen == [1, 2, 4, 2]


def test_the_posts_that_were_in_flight_at_a_refusal_do_not_count_as_refusals_in_a_row(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, 20)
    refused(own, played(own, "t"), None)
    assert 4 < waits(own, hook) <= 5


def test_a_wait_that_nobody_named_grows_and_starts_again_once_a_post_was_taken(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 2)
    found = []
    for _ in range(9):
        refused(own, played(own, "t", room=1), None)
        found.append(round(waits(own, hook)))
        wait_over(own, hook)
    assert found == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    played(own, "t", [ended(each, 200) for each in played(own, "t")], room=0)
    refused(own, played(own, "t"), None)
    assert round(waits(own, hook)) == 5


def test_a_target_that_asks_for_a_second_again_and_again_is_asked_less_often(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    found = []
    for _ in range(8):
        refused(own, played(own, "t"), "0")
        found.append(round(waits(own, hook)))
        wait_over(own, hook)
    assert found == [1, 1, 1, 1, 2, 4, 8, 16]


def test_a_delivery_that_is_refused_twice_goes_behind_the_others(
    own: Services, connection: Connection
) -> None:
    """A target may refuse this one each time, and take all others."""
    hook = subscribe(own)
    owe(own, connection, 3)
    seen = []
    for _ in range(4):
        [one] = played(own, "t", room=1)
        seen.append(one.payload)
        refused(own, [one], "1")
        wait_over(own, hook)
    assert [seen.index(each) for each in seen] == [0, 0, 2, 2]


def test_a_delivery_that_is_refused_without_end_keeps_its_newest_attempts(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    for _ in range(ATTEMPTS_KEPT + 5):
        refused(own, played(own, "t"), "1")
        wait_over(own, hook)
    [told] = listing.page(own, hook, 9)[0]
    assert (told["status"], told["tries"]) == ("queued", 0)
    assert len(told["attempts"]) == ATTEMPTS_KEPT


@pytest.mark.parametrize("status", [404, 500, 503])
def test_other_failures_delay_their_own_delivery_alone(
    own: Services, connection: Connection, status: int
) -> None:
    hook = subscribe(own)
    owe(own, connection, 4)
    first = played(own, "t")
    played(own, "t", [ended(each, status) for each in first], room=0)
    assert waits(own, hook) < 0
    assert len(played(own, "t")) == 2
    found = subscriptions.get(own, WORKSPACE, hook.id)
    assert found.status == "active"


def test_many_404s_leave_a_hook_active(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, 2 * PER_HOOK)
    for _ in range(2):
        played(own, "t", [ended(each, 404) for each in played(own, "t")], room=0)
    assert subscriptions.get(own, WORKSPACE, hook.id).status == "active"


def test_a_hook_that_a_person_resumes_waits_no_longer(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 3)
    refused(own, played(own, "t"), "3600")
    subscriptions.change(own, hook, status="active")
    assert len(played(own, "t")) == 1


def test_a_hook_that_moves_to_another_target_waits_no_longer(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 3)
    refused(own, played(own, "t"), "3600")
    described = subscriptions.change(own, hook, description="It only has another name now.")
    assert played(own, "t") == []
    subscriptions.change(own, described, target_url=f"{hook.target_url}/moved")
    assert len(played(own, "t")) == 1


def test_a_paused_hook_that_moves_stays_paused(own: Services, connection: Connection) -> None:
    hook = subscriptions.change(own, subscribe(own), status="paused")
    owe(own, connection, 1)
    subscriptions.change(own, hook, target_url=f"{hook.target_url}/moved")
    assert played(own, "t") == []
    assert subscriptions.get(own, WORKSPACE, hook.id).status == "paused"


def test_a_delivery_that_waits_can_be_sent_now_and_one_in_flight_is_not_sent_beside_itself(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    owe(own, connection, 1)
    [first] = played(own, "t")
    with pytest.raises(Conflict, match="under way"):
        repeat.again(own, WORKSPACE, log.get(own, WORKSPACE, first.id))
    assert played(own, "t", [ended(first, 500)]) == []
    repeat.again(own, WORKSPACE, log.get(own, WORKSPACE, first.id))
    [again] = played(own, "t")
    assert (again.id, again.tries) == (first.id, 1)
