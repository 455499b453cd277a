"""The hours of what came and went: each thing is counted once, in its own workspace."""

from __future__ import annotations

from collections import Counter

import pytest

from integration.accounts.connections import Connection
from integration.jobs import finish, receipts, retry_and_cancel
from integration.jobs.finish import Ending
from integration.jobs.ledger import by_id
from integration.kernel.events import Receipt
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import keys, tallies
from integration.store.clock import wall_ms
from tests.delivery import drains
from tests.jobs.history import Desk

UNKNOWN = Ending(status="unknown", message="Nobody knows.", outcome="unknown", detail="Lost.")
HOUR_MS = 3_600_000


def counted(own: Services, workspace: str, hours: int = 2) -> dict[str, int]:
    """The sum of some hours: a test may run into the next one."""
    total: Counter[str] = Counter()
    for each in tallies.hours(own.db, workspace, wall_ms(), hours):
        total.update(each.counts)
    return {name: count for name, count in total.items() if " " not in name}


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def test_a_text_is_counted_once_at_each_of_its_ends(desk: Desk) -> None:
    home, job = desk.connection.workspace, desk.job()
    held = desk.claim(job)
    assert finish.finish(desk.own, held, UNKNOWN)
    assert not finish.finish(desk.own, held, UNKNOWN)
    assert counted(desk.own, home) == {"unknown": 1}
    found = by_id(desk.own, job)
    assert found
    retry_and_cancel.retry(desk.own, found)
    desk.sent(desk.claim(job), "7")
    at = parse_strict("2026-03-01T09:00:00Z")
    given = Receipt(provider_id="7", status="delivered", raw="delivered", at=at)
    receipts.receive(desk.own, desk.connection, given)
    assert receipts.receive(desk.own, desk.connection, given) == "repeated"
    assert counted(desk.own, home) == {"unknown": 1, "sent": 1, "delivered": 1}


def test_a_receipt_that_waited_for_its_send_is_counted_with_it(desk: Desk) -> None:
    job = desk.job()
    at = parse_strict("2026-03-01T09:00:00Z")
    given = Receipt(provider_id="8", status="failed", raw="failed", at=at)
    assert receipts.receive(desk.own, desk.connection, given) == "parked"
    assert counted(desk.own, desk.connection.workspace) == {}
    desk.sent(desk.claim(job), "8")
    assert counted(desk.own, desk.connection.workspace) == {"sent": 1, "failed": 1}


def test_how_long_a_text_took_counts_from_its_retry(desk: Desk) -> None:
    home, job = desk.connection.workspace, desk.job()
    assert finish.finish(desk.own, desk.claim(job), UNKNOWN)
    found = by_id(desk.own, job)
    assert found
    facts = desk.own.db.hget(keys.job(job), "facts")
    earlier = str(facts).replace(str(found.created_ms), str(found.created_ms - 10 * HOUR_MS))
    desk.own.db.hset(keys.job(job), "facts", earlier)
    retry_and_cancel.retry(desk.own, found)
    desk.sent(desk.claim(job), "7")
    [*_, last] = tallies.hours(desk.own.db, home, wall_ms(), 1)
    assert tallies.within(last.counts, tallies.TO_SENT, 1.0) != float("inf")


def test_messages_are_counted_as_they_come_in_and_not_again(
    own: Services, connection: Connection
) -> None:
    drains.receive(own, connection, "One", "Two")
    drains.receive(own, connection, "One", "Two")
    assert counted(own, connection.workspace) == {"in": 2}


def test_deliveries_are_counted_by_the_drain_that_holds_them(
    own: Services, connection: Connection
) -> None:
    hook = drains.subscribe(own)
    drains.widen(own, hook)
    drains.owe(own, connection, 2)
    first, second = drains.played(own, "mine")
    drains.played(own, "mine", [drains.ended(first, 200)])
    drains.played(own, "mine", [drains.ended(first, 200)])
    assert counted(own, connection.workspace) == {"in": 2, "taken": 1}
    tired = second._replace(tries=9)
    drains.played(own, "mine", [drains.ended(tired, 500)])
    assert counted(own, connection.workspace) == {"in": 2, "taken": 1, "dead": 1}
    # It may have been in the hour before.
    hours = tallies.hours(own.db, connection.workspace, wall_ms(), 2)
    assert any(tallies.within(each.counts, tallies.TO_HOOK, 0.5) is not None for each in hours)


def test_a_day_is_kept_as_long_as_the_overview_shows_it(
    own: Services, connection: Connection
) -> None:
    drains.receive(own, connection, "One")
    [day] = own.db.scan_iter(keys.day(connection.workspace, "*"))
    left = own.db.ttl(day)
    assert 31 * 86_400 < left <= 32 * 86_400


def test_hours_come_in_their_order_with_those_in_which_nothing_happened(own: Services) -> None:
    wall = 1_772_355_600_000  # 2026-03-01T09:00:00Z
    own.db.hset(keys.day("home", "2026-03-01"), mapping={"09 in": 3, "08 in": "nonsense"})
    own.db.hset(keys.day("home", "2026-02-28"), mapping={"23 in": 2, "23 to_sent 0.5": 2})
    found = tallies.hours(own.db, "home", wall, 24)
    assert [each.at for each in found][:1] == ["2026-02-28T10"]
    assert [each.at for each in found][-1:] == ["2026-03-01T09"]
    assert {each.at: each.counts["in"] for each in found if each.counts.get("in")} == {
        "2026-02-28T23": 2,
        "2026-03-01T09": 3,
    }


def test_a_share_is_within_the_first_bound_that_holds_it() -> None:
    counts = {"to_sent 0.5": 5, "to_sent 2": 4, "to_sent over": 1}
    assert tallies.within(counts, tallies.TO_SENT, 0.5) == 0.5
    assert tallies.within(counts, tallies.TO_SENT, 0.9) == 2
    assert tallies.within(counts, tallies.TO_SENT, 0.95) == float("inf")
    assert tallies.within(counts, tallies.TO_HOOK, 0.5) is None
    assert tallies.lasted(tallies.TO_SENT, 500) == "to_sent 0.5"
    assert tallies.lasted(tallies.TO_SENT, 3_600_001) == "to_sent over"


def test_days_have_their_sums_and_those_that_are_over_are_remembered(own: Services) -> None:
    wall, known = 1_772_355_600_000, tallies.Known()  # 2026-03-01T09:00:00Z
    old, yesterday = keys.day("home", "2026-02-02"), keys.day("home", "2026-02-28")
    own.db.hset(old, mapping={"09 in": 3, "23 in": 4, "23 to_hook 0.5": 9})
    own.db.hset(yesterday, "23 sent", 2)
    found = tallies.days(own.db, "home", wall, 30, known)
    names = [*found]
    assert (len(names), names[0], names[-1]) == (30, "2026-01-31", "2026-03-01")
    assert found["2026-02-02"] == dict.fromkeys(tallies.COUNTED, 0) | {"in": 7}
    assert found["2026-02-28"]["sent"] == 2
    own.db.hset(yesterday, "23 sent", 5)
    own.db.delete(old)
    again = tallies.days(own.db, "home", wall, 30, known)
    assert (again["2026-02-28"]["sent"], again["2026-02-02"]["in"]) == (5, 7)
    known["home"] = 0.0, known["home"][1]
    assert tallies.days(own.db, "home", wall, 30, known)["2026-02-02"]["in"] == 0, "read anew"
