"""What an account's jobs wait for, as the API says it of the job and of the connection."""

from __future__ import annotations

from typing import Any

import pytest

from integration.accounts import connection_facts, connections, standing
from integration.accounts.connections import Connection
from integration.accounts.provider_limit import Permits
from integration.accounts.standing import Standing
from integration.jobs import ledger, perform, retry_and_cancel, sweep
from integration.kernel.specs import Limit
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from integration.store.key import Key
from proofs.rig.stack import NEXT_YEAR
from tests.jobs.history import PHONE, Desk
from tests.jobs.lane_desk import FEW, back, ended, looked, lost, pause_over, taken


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def stands(desk: Desk) -> Standing:
    return standing.of(desk.own.db, [desk.connection.id])[desk.connection.id]


def message(desk: Desk, job: str) -> str:
    found = ledger.by_id(desk.own, job)
    assert found
    [told] = ledger.explained(desk.own, [found])
    return told.message


def test_an_account_without_trouble_is_open(desk: Desk) -> None:
    job = desk.job()
    assert stands(desk) == Standing(waiting=1)
    assert message(desk, job) == "Queued."


def test_jobs_behind_a_silent_provider_say_since_when_and_when_it_is_tried(desk: Desk) -> None:
    made = desk.batch(4)
    back(desk, taken(desk), "silent")
    found = stands(desk)
    assert (found.state, found.waiting) == ("silent", 4)
    assert found.since
    assert found.until
    assert parse_strict(found.since) <= parse_strict(found.until)
    assert message(desk, made[3]) == f"Waiting. {found.sentence}"
    shown = connection_facts.shown(desk.own, desk.connection)
    assert (shown["health"], shown["health_detail"]) == ("failing", found.sentence)
    assert shown["lane"]["next_try"] == found.until


def test_the_first_cause_of_a_failure_stays_until_a_call_succeeds(desk: Desk) -> None:
    def facts(problem: str, **more: bool) -> list[Any]:
        found = connections.by_id(desk.own, desk.connection.id)
        assert found
        shown = connection_facts.shown(
            desk.own, connection_facts.mark(desk.own, found, problem, **more)
        )
        return [shown[each] for each in connection_facts.HEALTH]

    health, cause, since, latest = facts("The key is refused.")
    assert (health, cause, latest) == ("failing", "The key is refused.", "The key is refused.")
    assert facts("No answer.") == ["failing", "The key is refused.", since, "No answer."]
    desk.job()
    back(desk, taken(desk), "silent")
    assert facts("No answer.")[:3] == ["failing", "The key is refused.", since]
    assert facts("Another key is refused.", replaced=True)[1] == "Another key is refused."
    standing.try_now(desk.own.db, desk.connection.id)
    assert facts("") == ["ok", "", None, ""]


def test_jobs_behind_a_used_up_limit_say_until_when(desk: Desk) -> None:
    job = desk.job()
    Permits(desk.own.db, desk.connection.id, Limit(requests=1, seconds=600)).take()
    found = stands(desk)
    assert (found.state, found.since) == ("limited", None)
    assert found.until
    assert f"until {found.until[:19]}" in message(desk, job), "to the second"
    shown = connection_facts.shown(desk.own, desk.connection)
    assert (shown["health"], shown["lane"]["state"]) == ("unknown", "limited")


def test_an_account_without_jobs_waits_for_nothing(desk: Desk) -> None:
    Permits(desk.own.db, desk.connection.id, Limit(requests=1, seconds=600)).take()
    assert stands(desk) == Standing()


def test_a_provider_that_answers_a_look_up_counts_as_answering(desk: Desk) -> None:
    desk.job()
    lost(desk, taken(desk))
    assert stands(desk).state == "silent"
    assert len(pause_over(desk)) == 1
    ended(desk, taken(desk))
    assert stands(desk) == Standing()


@pytest.mark.parametrize("name", [keys.lane, keys.lane_due, keys.permits])
def test_a_damaged_lane_counts_as_open(desk: Desk, name: Key) -> None:
    desk.own.db.set(name(desk.connection.id), "text")
    assert stands(desk) == Standing()


def test_a_provider_that_answers_a_test_of_its_connection_is_tried_at_once(desk: Desk) -> None:
    made = desk.batch(4)
    for held in [taken(desk), taken(desk)]:
        back(desk, held, "silent")
    assert desk.waiting() == []
    standing.try_now(desk.own.db, desk.connection.id)
    looked(desk)
    assert desk.waiting() == made[2:]
    assert stands(desk).state == "open"


def test_the_jobs_of_a_removed_connection_come_to_their_end(desk: Desk) -> None:
    made = desk.batch(4)
    for held in [taken(desk), taken(desk)]:
        back(desk, held, "silent")
    connections.forget(desk.own, desk.connection)
    looked(desk)
    assert len({*desk.waiting()} & {*made}) == FEW


def test_jobs_for_later_end_with_their_connection_as_no_backlog_counts_them(desk: Desk) -> None:
    given = {"phone": [PHONE], "message": "Later", "schedule_at": f"{NEXT_YEAR}T09:00:00Z"}
    later = desk.accepted(given)
    connections.forget(desk.own, desk.connection)
    sweep.sweep(desk.own)
    assert desk.waiting() == [later]
    perform.run(later)
    found = ledger.by_id(desk.own, later)
    assert found
    assert (found.status, found.message) == ("failed", "The connection of this job was removed.")
    again = retry_and_cancel.retry(desk.own, found)
    assert (again.status, again.message) == ("queued", "Queued.")
    perform.run(later)
    assert desk.own.db.hget(keys.job(later), "status") == "failed"


def test_jobs_for_later_stay_where_their_connection_is_back_at_once(desk: Desk) -> None:
    given = {"phone": [PHONE], "message": "Later", "schedule_at": f"{NEXT_YEAR}T09:00:00Z"}
    later = desk.accepted(given)
    connections.forget(desk.own, desk.connection)
    connections.save(desk.own, desk.connection)
    sweep.sweep(desk.own)
    perform.run(later)
    assert desk.own.db.hget(keys.job(later), "status") == "scheduled"
    assert desk.own.db.zscore(keys.lane_due(desk.connection.id), later) > now_ms()
