"""A call that is asked for again, its answer lost, may have arrived: nobody says otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import responses

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.jobs import (
    claim,
    endings,
    finish,
    perform,
    receipts,
    record,
    retry_and_cancel,
    settle,
    statuses,
)
from integration.jobs.facts import FACTS
from integration.jobs.finish import ABSENT, NOT_SENT, Ending
from integration.jobs.record import Job
from integration.kernel import times
from integration.kernel.errors import Conflict, ProviderUnavailable
from integration.kernel.events import Receipt
from integration.opt_outs import by_hand, wanted
from integration.opt_outs.by_hand import Entry
from integration.opt_outs.wanted import Rules
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import PHONE, TEXT, Desk
from tests.jobs.two_accounts import known

SEND = "https://api.telnyx.com/v2/messages"
DAY = timedelta(hours=26)
LOST = Ending(status="sending", message="?", outcome="unknown", detail="The answer was lost.")
AGAIN = Ending(status="queued", message="?", outcome=NOT_SENT, detail=settle.REPEATED)


class LostDesk(Desk):
    """At a provider that does a send once under our reference, and whose first answer was lost."""

    def lost_job(self, web: responses.RequestsMock) -> str:
        """A job whose call is asked for again, and waits."""
        web.post(SEND, status=500, json={})
        [job] = [self.accepted({"phone": [PHONE], "message": TEXT})]
        for _ in range(2):  # the send, and the look-up that asks for it again
            self.on(job)
        assert known(self, job).lost_ms
        return job

    def on(self, job: str) -> Job:
        """Let a worker bring the job a step further; the record after it."""
        for name in (keys.lane_due, keys.lane_asks, keys.lane_out):
            self.own.db.zadd(name(self.connection.id), {job: 0}, xx=True)
        self.own.db.hset(keys.job(job), mapping={"due_ms": 0})
        self.own.db.hdel(keys.lane(self.connection.id), "until")
        perform.run(job)
        return known(self, job)


@pytest.fixture
def desk(own: Services) -> LostDesk:
    given = {"api_key": "tx_test", "sender_id": "+14155550100"}
    made = connections.make(workspace=WORKSPACE, provider="telnyx", label="T", settings=given)
    connections.save(own, made)
    return LostDesk(own, made)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


def ago(desk: LostDesk, job: str, age: timedelta) -> None:
    """As if the first call had been lost so long ago."""
    lost = wall_ms() - int(age.total_seconds() * 1000)
    desk.own.db.hset(keys.job(job), "lost_ms", lost)


def test_it_counts_as_being_sent_and_is_not_cancelled(
    desk: LostDesk, web: responses.RequestsMock
) -> None:
    job = desk.lost_job(web)
    found = known(desk, job)
    assert (found.status, found.message) == ("sending", settle.ASKED_AGAIN)
    assert statuses.count(desk.own.db, WORKSPACE, "sending") == 1
    statuses.KEEP_STATUSES(workspace=WORKSPACE, jobs=[job]).run(desk.own.db)
    assert statuses.count(desk.own.db, WORKSPACE, "sending") == 1
    with pytest.raises(Conflict, match="is sending"):
        retry_and_cancel.cancel(desk.own, found)


def test_the_repetition_settles_it(desk: LostDesk, web: responses.RequestsMock) -> None:
    job = desk.lost_job(web)
    web.replace("POST", SEND, json={"data": {"id": "tx-1"}})
    found = desk.on(job)
    assert (found.status, found.provider_id, found.lost_ms) == ("sent", "tx-1", 0)


def test_it_is_not_made_once_the_provider_may_have_forgotten_the_first_call(
    desk: LostDesk, web: responses.RequestsMock
) -> None:
    job = desk.lost_job(web)
    ago(desk, job, DAY)
    assert desk.on(job).status == "unknown"
    web.assert_call_count(SEND, 1)


def test_lost_answers_of_a_day_move_its_beginning_not(
    desk: LostDesk, web: responses.RequestsMock
) -> None:
    job = desk.lost_job(web)
    ago(desk, job, timedelta(hours=5))
    for _ in range(60):
        found = desk.on(job)
    assert len(found.attempts) > finish.KEPT
    assert wall_ms() - found.lost_ms > timedelta(hours=5).total_seconds() * 1000


REUSED = {"code": "10027", "detail": "The Idempotency-Key was used with a different request."}


def test_a_repetition_that_is_refused_leaves_it_unknown_at_once(
    desk: LostDesk, web: responses.RequestsMock
) -> None:
    job = desk.lost_job(web)
    web.replace("POST", SEND, status=422, json={"errors": [REUSED]})
    found = desk.on(job)
    assert (found.status, found.lost_ms) == ("unknown", 0)
    assert "Idempotency-Key" in found.attempts[-1]["detail"]
    assert desk.on(job).status == "unknown"
    web.assert_call_count(SEND, 2)


def test_a_first_call_that_is_refused_is_final_whatever_the_refusal_names(
    desk: LostDesk, web: responses.RequestsMock
) -> None:
    web.post(SEND, status=422, json={"errors": [{"code": "10015", "title": "Bad Request"}]})
    job = desk.accepted({"phone": [PHONE], "message": TEXT})
    assert desk.on(job).status == "failed"
    assert desk.on(job).status == "failed"
    web.assert_call_count(SEND, 1)


def test_it_is_not_made_at_another_account(desk: LostDesk, web: responses.RequestsMock) -> None:
    job = desk.lost_job(web)
    desk.own.db.hset(keys.connection(desk.connection.id), "account", "another")
    found = desk.on(job)
    assert (found.status, "another account" in found.message) == ("unknown", True)
    web.assert_call_count(SEND, 1)


def test_beyond_its_time_it_is_unknown_and_not_unsent(
    desk: LostDesk, web: responses.RequestsMock
) -> None:
    job = desk.lost_job(web)
    facts = dict(zip(FACTS, json.loads(desk.own.db.hget(keys.job(job), "facts")), strict=True))
    facts["input"]["valid_until"] = times.from_ms(wall_ms() - 1_000)
    desk.own.db.hset(keys.job(job), "facts", json.dumps([*facts.values()]))
    found = desk.on(job)
    assert found.status == "unknown"
    assert "its time is over" in found.message
    assert "nothing was sent" not in found.message
    web.assert_call_count(SEND, 1)


def test_who_says_stop_to_it_makes_it_no_unsent_one(
    desk: LostDesk, web: responses.RequestsMock
) -> None:
    wanted.store(desk.own.db, WORKSPACE, Rules(on=True))
    job = desk.lost_job(web)
    by_hand.add(desk.own, [Entry(phone=PHONE, home=desk.connection)])
    found = desk.on(job)
    assert found.status == "unknown"
    assert "has opted out" in found.message
    web.assert_call_count(SEND, 1)


def test_a_refusal_of_the_repetition_proves_nothing(
    desk: LostDesk, web: responses.RequestsMock
) -> None:
    job = desk.lost_job(web)
    web.replace("POST", SEND, status=403, json={"errors": [{"code": "1", "title": "Account off"}]})
    found = desk.on(job)
    assert found.status == "unknown"
    assert found.attempts[-1]["detail"].startswith(settle.MAY_BE_THERE)


def test_after_six_silent_hours_it_is_unknown(desk: LostDesk, web: responses.RequestsMock) -> None:
    held = desk.claim(desk.lost_job(web))
    seven = 7 * 3_600_000
    held = replace(held, silent_ms=seven, job=replace(held.job, first_ms=now_ms() - seven))
    ending = endings.waiting(held, ProviderUnavailable("Telnyx cannot be reached."))
    assert settle.certain(held, ending).status == "unknown"


def test_its_delivery_ends_it(desk: LostDesk, web: responses.RequestsMock) -> None:
    job = desk.lost_job(web)
    at = datetime.now(UTC)
    told = Receipt(provider_id="", status="delivered", raw="delivered", at=at, reference=job)
    assert receipts.receive(desk.own, desk.connection, told) == "applied"
    assert (known(desk, job).status, known(desk, job).lost_ms) == ("delivered", 0)
    assert claim.claim(desk.own, job, "t") is None


def test_a_proof_that_it_did_not_arrive_ends_the_doubt(
    desk: LostDesk, web: responses.RequestsMock
) -> None:
    job = desk.lost_job(web)
    desk.on(job)
    held = desk.claim(job)
    assert finish.finish(desk.own, held, replace(AGAIN, detail=ABSENT))
    assert (known(desk, job).status, known(desk, job).lost_ms) == ("queued", 0)


def test_the_reference_of_a_retried_text_stays(own: Services, connection: Connection) -> None:
    desk = Desk(own, connection)
    job = desk.job()
    desk.sent(desk.claim(job), "p1")
    told = Receipt(provider_id="p1", status="failed", raw="failed", at=datetime.now(UTC))
    receipts.receive(own, connection, told)
    found = retry_and_cancel.retry(own, known(desk, job))
    before = record.reference(found)
    for _ in range(26):  # about four hours of lost answers
        for each in (LOST, AGAIN):
            found = replace(found, attempts=finish.timeline(found, each, wall_ms()))
    assert record.reference(found) == before
    assert len(found.attempts) <= finish.KEPT + 1
