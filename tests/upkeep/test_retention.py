"""RETENTION_DAYS holds for deliveries, unreadable bodies, and records of another setting."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from integration.delivery import again
from integration.inbound import retention, unreadable
from integration.kernel import times
from integration.services import Services
from integration.store import clock, keys
from integration.store.clock import now_ms
from integration.upkeep import expiry
from proofs.rig.sandbox import until
from tests.delivery.drains import WORKSPACE, ended, owe, played, subscribe, widen
from tests.jobs.history import Desk

DAY = 86_400


def under(own: Services, days: int) -> Services:
    return replace(own, settings=replace(own.settings, retention_days=days))


def is_near(own: Services, name: str, days: float) -> bool:
    return abs(float(own.db.ttl(name)) - days * DAY) < 60


@pytest.mark.parametrize("days", [1, 90])
def test_a_delivery_is_kept_for_the_days_whatever_became_of_it(desk: Desk, days: int) -> None:
    own = under(desk.own, days)
    hook = subscribe(own)
    widen(own, hook)
    owe(own, desk.connection, 3)
    made, failed, gone = played(own, "t")
    played(own, "t", [ended(made, 200), ended(failed, 500), ended(gone, 410)])
    statuses = {own.db.hget(keys.delivery(each.id), "status") for each in (made, failed, gone)}
    assert statuses == {"delivered", "queued", "dead"}
    test = again.test(own, hook, "{}")["id"]
    for each in (made.id, failed.id, gone.id, test):
        assert is_near(own, keys.delivery(each), days)
    assert is_near(own, keys.hook_log(hook.id), days)


def test_records_take_the_time_of_a_changed_setting(desk: Desk) -> None:
    own = desk.own
    subscribe(own)
    owe(own, desk.connection, 1)
    [made] = played(own, "t")
    sent, waits = desk.job(), desk.job()
    desk.sent(desk.claim(sent), "1")
    delivery, job = keys.delivery(made.id), keys.job(sent)
    for days in (90, 5):
        expiry.renew(under(own, days))
        assert is_near(own, delivery, days)
        assert is_near(own, job, days)
        assert own.db.ttl(keys.job(waits)) < 0


def test_a_job_that_release_0_1_0_cancelled_expires(desk: Desk) -> None:
    own, ids = desk.own, [desk.job() for _ in range(3)]
    now, ages = clock.wall_ms(), {ids[0]: 10, ids[1]: 100, ids[2]: 10}
    for each, age in ages.items():
        own.db.hset(keys.job(each), "updated_ms", now - age * DAY * 1000)
        own.db.hset(keys.job(each), "status", "cancelled")
    own.db.hset(keys.job(ids[2]), "status", "a-newer-word")
    own.db.set(keys.job("job_text"), "something else wrote it")
    due = expiry.renew(own)
    assert abs(due - now_ms() - DAY * 1000) < 60_000
    assert is_near(own, keys.job(ids[0]), own.settings.retention_days - 10)
    until(lambda: not own.db.exists(keys.job(ids[1])), "the end of the job of 100 days")
    assert own.db.ttl(keys.job(ids[2])) == -1


def test_a_body_that_could_not_be_read_goes_after_the_days(desk: Desk) -> None:
    own, kept = desk.own, keys.unreadable(WORKSPACE)
    own.db.lpush(kept, "something else wrote it")
    for age in (40, 31, 29):
        unreadable.keep_webhook(own, desk.connection, f"of {age} days", "?", [])
        entry = json.loads(own.db.lpop(kept))
        entry["at"] = times.from_ms(clock.wall_ms() - age * DAY * 1000)
        own.db.lpush(kept, json.dumps(entry))
    unreadable.keep_webhook(own, desk.connection, "of today", "?", [])
    retention.trim(own, WORKSPACE)
    left = [json.loads(each)["body"] for each in own.db.lrange(kept, 0, -1)]
    assert left == ["of today", "of 29 days"]
