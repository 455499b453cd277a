"""A job's record outlives a release: what an older one left out and a newer one added."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration.accounts.connections import Connection
from integration.jobs import ledger, perform, receipts, record, retry_and_cancel, sweep
from integration.jobs.facts import FACTS, FIRST_FACTS
from integration.kernel.errors import Conflict
from integration.kernel.events import Receipt
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from tests.jobs.history import Desk, spoil

pytestmark = pytest.mark.usefixtures("slow_clock")

NEWER = "on-its-way"
"""A status word that this release does not have."""


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def test_facts_that_a_newer_release_appends_are_passed_over(desk: Desk) -> None:
    job = desk.job()
    facts = json.loads(desk.own.db.hget(keys.job(job), "facts"))
    desk.own.db.hset(keys.job(job), "facts", json.dumps([*facts, {"priority": 1}, "eu"]))
    found = ledger.by_id(desk.own, job)
    assert found
    assert (found.damaged, found.workspace) == ((), "w")
    held = desk.claim(job)
    assert held.account["id"] == desk.connection.id


def test_a_fact_that_an_older_release_does_not_know_has_its_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    older = json.dumps(["w", "send_sms", "conn_1", "pairfon", 1, None, 1, "", {"phone": "+1"}])
    more = {"priority": (lambda value: isinstance(value, int), 5)}
    monkeypatch.setattr(record, "FACTS", {**FACTS, **more})
    reader = record.Reader({"facts": older})
    assert reader.facts()["priority"] == 5
    assert reader.damaged == []


def test_the_first_facts_keep_their_places() -> None:
    """decode_facts.lua and every store that is out there know them by their places."""
    first = ["workspace", "action", "connection", "provider", "created_ms"]
    first += ["batch_id", "segments", "equal", "input"]
    assert [*FACTS][:FIRST_FACTS] == first


def test_a_newer_releases_status_is_left_alone_and_looked_at_later(desk: Desk) -> None:
    own, job = desk.own, desk.job()
    own.db.hset(keys.job(job), "status", NEWER)
    before = own.db.hgetall(keys.job(job))
    perform.run(job)
    assert own.db.hgetall(keys.job(job)) == before
    assert own.db.zscore(keys.JOBS_DUE, job) > now_ms() + 30_000
    sweep.sweep(own)
    assert own.db.hgetall(keys.job(job)) == before
    found = ledger.by_id(own, job)
    assert found
    assert (found.status, found.damaged) == ("unknown", ())
    for request in (retry_and_cancel.retry, retry_and_cancel.cancel):
        with pytest.raises(Conflict) as refused:
            request(own, found)
        assert f"the status {NEWER}, which this release shows as unknown" in refused.value.message


def test_a_newer_releases_job_in_flight_keeps_its_lease(desk: Desk) -> None:
    own, job = desk.own, desk.job()
    desk.claim(job)
    own.db.hset(keys.job(job), "status", NEWER)
    own.db.zadd(keys.JOBS_LEASED, {job: now_ms() - 1})
    perform.run(job)
    assert own.db.zscore(keys.JOBS_LEASED, job) is not None


def test_a_receipt_does_not_change_a_newer_releases_status(desk: Desk) -> None:
    own, job = desk.own, desk.job()
    own.db.hset(keys.job(job), "status", NEWER)
    month = int(own.db.time()[0]) // 2_592_000
    own.db.hset(keys.references(desk.connection.id, str(month)), "7", job)
    at = parse_strict("2026-03-01T09:00:00Z")
    given = Receipt(provider_id="7", status="delivered", raw="delivered", at=at)
    assert receipts.receive(own, desk.connection, given) == "noted"
    assert own.db.hget(keys.job(job), "status") == NEWER
    assert "delivered" in own.db.hget(keys.job(job), "receipts")


@pytest.mark.parametrize("status", ["", "7", "no status", "\x00"])
def test_a_status_that_is_no_word_is_damage(desk: Desk, status: str) -> None:
    own, job = desk.own, desk.job()
    own.db.hset(keys.job(job), "status", status)
    perform.run(job)
    assert own.db.zscore(keys.JOBS_DUE, job) is None
    found = ledger.by_id(own, job)
    assert found
    assert found.damaged == ("status",)


def test_members_that_a_newer_release_adds_to_the_timeline_are_passed_over(desk: Desk) -> None:
    job = desk.job()
    more: dict[str, Any] = {"at": "2026-03-01T09:00:00.000Z", "outcome": "rejected", "detail": "No"}
    more |= {"region": "eu", "took_ms": 7}
    desk.own.db.hset(keys.job(job), "attempts", json.dumps(more))
    found = ledger.by_id(desk.own, job)
    assert found
    assert found.damaged == ()
    assert found.attempts[0]["outcome"] == "rejected"


def test_a_short_list_of_facts_is_damage(desk: Desk) -> None:
    job = desk.job()
    spoil(desk.own.db, job)
    facts = json.loads(desk.own.db.hget(keys.job(job), "facts"))
    desk.own.db.hset(keys.job(job), "facts", json.dumps(facts[: FIRST_FACTS - 1]))
    perform.run(job)
    found = ledger.by_id(desk.own, job)
    assert found
    assert found.status == "failed"
