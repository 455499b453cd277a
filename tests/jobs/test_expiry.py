"""A job that release 0.1.0 cancelled has no TTL; a walk in small steps gives it one."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.accounts.connections import Connection
from integration.jobs import expiry, ledger, retry_and_cancel
from integration.services import Services
from integration.store import keys, lifetimes
from tests.jobs.history import Desk
from tests.released import dump

STORE = Path(__file__).parents[1] / "released/0.1.0/store.jsonl"


def lasting(own: Services) -> dict[str, str]:
    """The status of each job without a TTL."""
    names = own.db.scan_iter(keys.job("*"))
    return {each: own.db.hget(each, "status") for each in names if own.db.ttl(each) < 0}


def walk(own: Services) -> list[int]:
    """What each step of one whole walk found."""
    one = expiry.Walk()
    found: list[int] = []
    while not found or one._place:
        found.append(one.step(own))
    return found


def test_only_the_cancelled_job_of_0_1_0_gets_a_ttl(own: Services) -> None:
    dump.load(own.db, STORE.read_text(encoding="utf-8").splitlines())
    before = lasting(own)
    [cancelled] = [name for name, status in before.items() if status == "cancelled"]
    assert sum(walk(own)) == 1
    assert lasting(own) == {name: each for name, each in before.items() if name != cancelled}
    assert 0 < own.db.ttl(cancelled) <= lifetimes.JOB_SECONDS
    assert sum(walk(own)) == 0


def test_a_ttl_that_is_there_is_not_made_longer(own: Services, connection: Connection) -> None:
    job = Desk(own, connection).job()
    found = ledger.by_id(own, job)
    assert found
    retry_and_cancel.cancel(own, found)
    own.db.expire(keys.job(job), 60)
    assert sum(walk(own)) == 0
    assert own.db.ttl(keys.job(job)) <= 60


def test_each_step_is_bounded_and_all_steps_meet_every_job(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "STEP", 10)
    for number in range(100):
        own.db.hset(keys.job(f"job_{number:x}"), "status", "cancelled")
    steps = walk(own)
    assert sum(steps) == 100
    assert max(steps) < 50


def test_a_key_that_no_job_of_ours_has_stops_nothing(own: Services) -> None:
    own.db.set(keys.job("job_1"), "no hash")
    own.db.hset(keys.job("nonsense").encode() + b"\xff", "status", "cancelled")
    own.db.hset(keys.job("job_2"), "status", "cancelled")
    assert sum(walk(own)) == 1
