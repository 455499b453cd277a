"""A person decides about a text whose outcome nobody knows: it is closed, or sent again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from integration.accounts.connections import Connection
from integration.jobs import finish, ledger, retry_and_cancel, statuses, unknown
from integration.jobs.finish import Ending
from integration.jobs.record import Job
from integration.kernel.errors import Conflict
from integration.services import Services
from integration.store import keys
from tests.jobs.history import Desk

UNKNOWN = Ending(status="unknown", message="Nobody knows.", outcome="unknown", detail="Lost.")


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def undecided(desk: Desk) -> Job:
    job = desk.job()
    assert finish.finish(desk.own, desk.claim(job), UNKNOWN)
    return found(desk, job)


def found(desk: Desk, job: str) -> Job:
    return ledger.get(desk.own, desk.connection.workspace, job)


def test_a_closed_job_is_sent_and_says_who_closed_it(desk: Desk) -> None:
    job = undecided(desk)
    closed = retry_and_cancel.close(desk.own, job, "Amy")
    assert (closed.status, closed.message) == ("sent", "Closed by hand: it arrived.")
    assert closed.attempts[-1]["outcome"] == "closed"
    assert "says Amy" in closed.attempts[-1]["detail"]
    assert closed.error is None
    counts = statuses.counts(desk.own.db, job.workspace)
    assert (counts["sent"], counts["unknown"]) == (1, 0)
    assert desk.own.db.ttl(keys.job(job.id)) > 0
    assert desk.own.db.zcard(keys.lane_due(desk.connection.id)) == 0, "nothing is sent again"


def test_a_closed_job_makes_a_status_event_as_any_other_sent_one(desk: Desk) -> None:
    job = undecided(desk)
    retry_and_cancel.close(desk.own, job, "Amy")
    events = [
        json.loads(fields["e"])
        for _, fields in desk.own.db.xrange(keys.inbox(job.workspace, "status"), "-", "+")
    ]
    assert [each["status"] for each in events] == ["unknown", "sent"]
    assert events[-1]["job_id"] == job.id


def test_only_an_unknown_job_is_closed(desk: Desk) -> None:
    queued = found(desk, desk.job())
    with pytest.raises(Conflict, match="only unknown ones can be closed"):
        retry_and_cancel.close(desk.own, queued, "Amy")
    job = undecided(desk)
    retry_and_cancel.close(desk.own, job, "Amy")
    with pytest.raises(Conflict, match="This job is sent"):
        retry_and_cancel.close(desk.own, job, "Amy")
    with pytest.raises(Conflict, match="This job is sent"):
        retry_and_cancel.retry(desk.own, job)


def test_the_row_of_a_closed_text_is_no_proof_for_an_equal_one(desk: Desk) -> None:
    """Taken for a trace of the second, which may never have left, it would lose that text."""
    retry_and_cancel.close(desk.own, undecided(desk), "Amy")
    other = desk.job()
    desk.lost(desk.claim(other))
    desk.row("1")
    assert desk.asked(other).status == "unknown"


def test_a_closed_text_without_a_row_hides_none_of_an_equal_one(desk: Desk) -> None:
    """Were it counted as answered just now, it would hide the row of the second."""
    retry_and_cancel.close(desk.own, undecided(desk), "Amy")
    other = desk.job()
    desk.lost(desk.claim(other))
    desk.row("1")
    desk.row("2")
    assert desk.asked(other).status == "sent"


def test_it_says_what_to_look_for_and_between_when(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    desk.moved(job, timedelta(minutes=5))
    left_at = found(desk, job).attempts[-1]["at"]
    desk.again(job)
    assert finish.finish(desk.own, desk.claim(job), UNKNOWN)
    said = ledger.shown(found(desk, job))["look_for"]
    assert desk.connection.id in said
    assert "to +14155550123" in said
    assert f"and {left_at[:19]}Z" in said, "the call had been made when its answer was lost"
    retry_and_cancel.retry(desk.own, found(desk, job))
    assert "look_for" not in ledger.shown(found(desk, job))


def test_after_a_retry_it_looks_no_further_back(desk: Desk) -> None:
    job = undecided(desk)
    desk.moved(job.id, timedelta(hours=5))
    before = found(desk, job.id).attempts[-1]["at"]
    again = retry_and_cancel.retry(desk.own, job)
    retried_at = again.attempts[-1]["at"]
    assert finish.finish(desk.own, desk.claim(job.id), UNKNOWN)
    said = unknown.look_for(found(desk, job.id))
    assert f"between {retried_at[:19]}Z" in said
    assert before[:19] not in said
