"""The index of jobs by status: each job has one place in it, exact whatever happens to the job."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.jobs import finish, listing, receipts, retry_and_cancel, statuses, withdraw
from integration.jobs.finish import Ending
from integration.jobs.ledger import by_id
from integration.kernel.events import Receipt
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from tests.jobs.history import Desk

UNKNOWN = Ending(status="unknown", message="Nobody knows.", outcome="unknown", detail="Lost.")


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def counts(desk: Desk) -> dict[str, int]:
    found = statuses.counts(desk.own.db, desk.connection.workspace)
    return {name: count for name, count in found.items() if count}


def listed(desk: Desk, status: str) -> list[str]:
    return [job.id for job in statuses.jobs(desk.own, desk.connection.workspace, status, None)]


def test_each_change_of_a_job_moves_its_one_place(desk: Desk) -> None:
    job = desk.job()
    assert counts(desk) == {"queued": 1}
    held = desk.claim(job)
    assert counts(desk) == {"sending": 1}
    assert finish.finish(desk.own, held, UNKNOWN)
    assert counts(desk) == {"unknown": 1}
    found = by_id(desk.own, job)
    assert found
    retry_and_cancel.retry(desk.own, found)
    assert counts(desk) == {"queued": 1}
    desk.sent(desk.claim(job), "7")
    assert counts(desk) == {"sent": 1}
    at = parse_strict("2026-03-01T09:00:00Z")
    given = Receipt(provider_id="7", status="delivered", raw="delivered", at=at)
    assert receipts.receive(desk.own, desk.connection, given) == "applied"
    assert counts(desk) == {"delivered": 1}


def test_cancelled_and_scheduled_jobs_are_counted_as_such(desk: Desk) -> None:
    later = desk.job(schedule_at="2099-01-01T00:00:00Z")
    assert counts(desk) == {"scheduled": 1}
    found = by_id(desk.own, later)
    assert found
    retry_and_cancel.cancel(desk.own, found)
    assert counts(desk) == {"cancelled": 1}


def test_a_call_that_was_taken_back_leaves_nothing(desk: Desk) -> None:
    ids, home = desk.batch(3), desk.connection.workspace
    call = withdraw.WITHDRAW(workspace=home, lane=desk.connection.id, idempotency="", jobs=ids)
    assert call.run(desk.own.db) == []
    assert counts(desk) == {}


def test_one_unknown_job_is_found_behind_thousands_that_are_newer(desk: Desk) -> None:
    lost = desk.job()
    assert finish.finish(desk.own, desk.claim(lost), UNKNOWN)
    for _ in range(9):
        desk.batch(100)
    assert listed(desk, "unknown") == [lost]
    assert counts(desk) == {"unknown": 1, "queued": 900}


def test_a_list_goes_on_after_its_last_job_whatever_came_since(desk: Desk) -> None:
    home, every = desk.connection.workspace, [*desk.batch(40), desk.job(), *desk.batch(30)]
    for status in ("queued", ""):
        seen: list[str] = []
        page, place = listing.listed(desk.own, home, 25, None, status)
        while True:
            seen += [job.id for job in page]
            if place is None:
                break
            every.append(desk.job())
            page, place = listing.listed(desk.own, home, 25, place, status)
        old = every[: len(seen)]
        assert len(seen) == len({*seen})
        assert {*seen} == {*old}


def test_what_an_older_release_made_and_changed_gets_its_place(desk: Desk) -> None:
    jobs, home = desk.batch(3), desk.connection.workspace
    desk.own.db.zrem(keys.job_statuses(home), jobs[0])
    desk.own.db.hset(keys.job(jobs[1]), "status", "failed")
    desk.own.db.delete(keys.job(jobs[2]))
    walks = statuses.Walks()
    assert walks.turn(desk.own, home) <= now_ms() + statuses.PAUSE_MS
    assert (listed(desk, "queued"), listed(desk, "failed")) == ([jobs[0]], [jobs[1]])
    assert counts(desk) == {"queued": 1, "failed": 1}
    assert walks.turn(desk.own, home) > now_ms() + statuses.PAUSE_MS


def test_expired_jobs_leave_the_index(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = desk.job(), desk.job()
    for job in (kept, gone):
        assert finish.finish(desk.own, desk.claim(job), UNKNOWN)
    desk.own.db.delete(keys.job(gone))
    assert statuses.expire(desk.own, desk.connection.workspace) is None
    assert counts(desk) == {"unknown": 2}
    passed = desk.own.settings.keep_jobs_seconds * 1000 + 1
    monkeypatch.setattr(statuses, "wall_ms", lambda: wall_ms() + passed)
    assert statuses.expire(desk.own, desk.connection.workspace)
    assert counts(desk) == {"unknown": 1}
    assert listed(desk, "unknown") == [kept]
