"""The list of a hook's deliveries: all that are kept, each once, whatever is made meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from integration.accounts.connections import Connection
from integration.delivery import again, listing
from integration.hooks.record import Hook
from integration.inbound import inbox
from integration.inbound.commit import commit
from integration.kernel.events import MESSAGE, InboundMessage
from integration.services import Services
from integration.store import keys
from integration.store.lifetimes import DELIVERIES_KEPT
from integration.upkeep.erase import erase
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import WORKSPACE, ended, owe, played, receive, subscribe, widen

MANY = DELIVERIES_KEPT + 60


def pages(own: Services, hook: Hook, limit: int, status: str = "") -> Iterator[list[str]]:
    after = None
    while True:
        rows, after = listing.page(own, hook, limit, after, status)
        yield [each["event_id"] for each in rows]
        if after is None:
            return


def everything(own: Services, hook: Hook, limit: int, status: str = "") -> list[str]:
    return [each for page in pages(own, hook, limit, status) for each in page]


def events(own: Services) -> list[str]:
    """The ids of all events, newest first."""
    return [each.event["id"] for each in inbox.backwards(own, WORKSPACE, MESSAGE)]


def test_all_deliveries_are_listed_once_also_those_that_left_the_log(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, MANY)
    assert own.db.zcard(keys.hook_log(hook.id)) == DELIVERIES_KEPT
    found = everything(own, hook, 70)
    assert sorted(found) == sorted(events(own))
    left = found[DELIVERIES_KEPT:]
    assert left == [each for each in events(own) if each in left]


def test_those_that_left_the_log_are_listed_after_one_in_it_was_erased(
    own: Services, connection: Connection
) -> None:
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    hook, person = subscribe(own), "+12025550177"
    owe(own, connection, MANY - 10)
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    theirs = InboundMessage(provider_id="x", phone=person, message="Erase me", received_at=at)
    commit(own, connection, [theirs], "webhook")
    receive(own, connection, *(f"newer {number}" for number in range(10)))
    fan_out_all(own)
    assert len(everything(own, hook, 70)) == MANY + 1
    assert erase(own, person, WORKSPACE)["deliveries"] == 1
    assert sorted(everything(own, hook, 70)) == sorted(events(own))
    assert len(events(own)) == MANY


def test_pages_stay_put_while_more_is_delivered(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    owe(own, connection, MANY)
    before, seen = events(own), list[str]()
    for number, page in enumerate(pages(own, hook, 40)):
        seen += page
        receive(own, connection, *(f"later {number} {each}" for each in range(40)))
        fan_out_all(own)
    assert sorted(seen) == sorted(before)


def test_the_list_ends_with_the_log_where_nothing_has_left_it(
    own: Services, connection: Connection
) -> None:
    receive(own, connection, "Before the hook")
    hook = subscribe(own)
    owe(own, connection, 3)
    rows, after = listing.page(own, hook, 3)
    assert {each["event_id"] for each in rows} == {*events(own)[:3]}
    assert after is None


@pytest.mark.parametrize(("status", "code"), [("dead", 410), ("queued", 500)])
def test_what_is_dead_and_what_waits_is_listed_page_by_page(
    own: Services, connection: Connection, status: str, code: int
) -> None:
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, 9)
    claimed = played(own, "t")
    played(own, "t", [ended(each, code) for each in claimed], room=0)
    found = everything(own, hook, 2, status)
    assert sorted(found) == sorted(events(own))


def test_only_what_was_delivered_is_listed_also_from_before_the_log(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, 4)
    taken = [each.id for each in played(own, "t")]
    for each in taken:
        own.db.hset(keys.delivery(each), "status", "delivered")
    receive(own, connection, *(f"more {number}" for number in range(MANY)))
    fan_out_all(own)
    rows, after = listing.page(own, hook, 50, status="delivered")
    assert {each["id"] for each in rows} == {*taken}
    assert after is None


def test_one_that_was_sent_again_is_listed_once(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    owe(own, connection, MANY)
    oldest = events(own)[-1]
    for name in own.db.zrange(keys.hook_due(hook.id), 0, -1):
        own.db.hset(keys.delivery(name), "status", "delivered")
    span = again.Span(event_id=oldest)
    found = [each for each in again.since(own, hook, span) if each[2] == oldest]
    assert again.replay(own, WORKSPACE, MESSAGE, found) == 1
    listed = everything(own, hook, 70)
    assert (listed[0], listed.count(oldest)) == (oldest, 1)
    assert len(listed) == MANY
