"""The life of a job: scheduled, cancelled, retried, listed; and what its records hold."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from integration.kernel import times
from proofs.rig.sandbox import until
from proofs.rig.stack import LEAP_PAUSE, Stack, World

PHONE = "+14155550123"
LOST_SECONDS = 5.0
"""After so long without a claim a wake-up counts as lost; lane_admit.lua."""


def rq_records(stack: Stack) -> list[str]:
    """All that was written down for RQ."""
    with stack.raw() as raw:
        return [f"{each} {raw.hgetall(each)}" for each in raw.scan_iter("rq:job:*")]


def later(**more: float) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat()


def soon(world: World) -> str | None:
    """A text for the next seconds; None where the call itself took as long."""
    answer = world.send(schedule_at=later(seconds=2))
    assert answer.status_code == 202
    return str(answer.json()["id"]) if answer.json()["status"] == "scheduled" else None


def test_a_scheduled_text_leaves_at_its_time_and_not_before(world: World) -> None:
    world.connect_pairfon()
    # A web process that lags behind a leap of an earlier test would date the job wrongly.
    time.sleep(LEAP_PAUSE)
    job = world.settled(until(lambda: soon(world), "a text that is accepted before its time"))
    sent = next(each for each in world.sends() if str(each["id"]) == job["provider_id"])
    assert times.parse_lenient(sent["at"]) >= times.parse_strict(job["schedule_at"])


def test_a_wait_goes_on_to_a_time_within_it_and_not_to_a_later_one(world: World) -> None:
    """Also where the common time is ahead of the store's clock, which somebody set back."""
    world.connect_pairfon()
    world.stack.pass_time(7200)
    soon = world.send(schedule_at=later(seconds=2), wait=25)
    assert soon.status_code == 200
    assert soon.json()["status"] in ("sent", "delivered")
    given = {"phone": "+14155550123", "message": "Later", "schedule_at": later(hours=1), "wait": 25}
    url, key = f"{world.stack.url}/v1/actions/send-sms", {"X-API-Key": world.key}
    # The limit lies under the wait: one that lasts to its end raises here.
    answer = requests.post(url, json=given, headers=key, timeout=24)
    assert (answer.status_code, answer.json()["status"]) == (202, "scheduled")


def test_a_time_that_has_passed_means_now(world: World) -> None:
    world.connect_pairfon()
    answer = world.send(schedule_at=later(minutes=-4))
    assert answer.json()["status"] == "queued"
    world.settled(answer.json()["id"])
    assert len(world.sends()) == 1


def test_a_time_long_past_or_years_ahead_is_refused(world: World) -> None:
    world.connect_pairfon()
    wrong = [later(days=-3), later(minutes=-6), later(days=2 * 365 + 1)]
    wrong += ["1970-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2262-04-11T23:47:16.854775807Z"]
    for at, phone in itertools.product(wrong, (PHONE, [PHONE, "+14155550124"])):
        answer = world.send(phone=phone, schedule_at=at)
        assert answer.status_code == 422, answer.text
        assert list(answer.json()["errors"]) == ["schedule_at"]
    assert world.send(schedule_at=later(days=2 * 365 - 1)).status_code == 202
    assert world.sends() == []


def test_a_scheduled_text_can_be_cancelled_and_scheduled_again(world: World) -> None:
    world.connect_pairfon()
    job = world.send(schedule_at=later(hours=1)).json()
    for _ in range(2):
        cancelled = world.call("DELETE", f"/v1/jobs/{job['id']}")
        assert cancelled.status_code == 200
        assert cancelled.json()["status"] == "cancelled"
    again = world.call("POST", f"/v1/jobs/{job['id']}/retry")
    assert again.status_code == 202
    assert again.json()["status"] == "scheduled", "its time has not come yet"
    assert world.call("DELETE", f"/v1/jobs/{job['id']}").status_code == 200
    assert world.sends() == []


def test_what_was_sent_can_neither_be_cancelled_nor_retried(world: World) -> None:
    world.connect_pairfon()
    job = world.send(wait=20).json()
    for method, path in (("DELETE", ""), ("POST", "/retry")):
        answer = world.call(method, f"/v1/jobs/{job['id']}{path}")
        assert answer.status_code == 409
        assert "This job is " in answer.json()["message"]
    assert len(world.sends()) == 1


def test_a_failed_text_is_sent_on_retry_and_keeps_its_timeline(world: World) -> None:
    world.connect_pairfon()
    world.fault("status", "POST /zapier/send-sms", code=400)
    refused = world.send(wait=20)
    job_id = refused.json()["job"]["id"]
    assert world.call("POST", f"/v1/jobs/{job_id}/retry").status_code == 202
    job = world.settled(job_id)
    assert [each["outcome"] for each in job["attempts"]] == ["rejected", "queued", "sent"]
    assert job["error"] is None
    assert len(world.sends()) == 1


def test_jobs_are_listed_newest_first_page_by_page_and_by_status(world: World) -> None:
    world.connect_pairfon()
    phones = [f"+1415555{number:04}" for number in range(100, 107)]
    sent = [world.send(phone=phone, wait=20).json()["id"] for phone in phones]
    world.fault("status", "POST /zapier/send-sms", code=400)
    failed = world.send(wait=20).json()["job"]["id"]
    first = world.get("/v1/jobs", limit=5)
    rest = world.get("/v1/jobs", limit=5, cursor=first["next_cursor"])
    assert [each["id"] for each in first["data"] + rest["data"]] == [failed, *reversed(sent)]
    assert rest["next_cursor"] is None
    assert [each["id"] for each in world.get("/v1/jobs", status="failed", limit=1)["data"]] == [
        failed
    ]
    scheduled = world.get("/v1/jobs", status="scheduled")
    assert scheduled == {"data": [], "next_cursor": None}
    wrong = world.call("GET", "/v1/jobs", params={"status": "lost"})
    assert wrong.status_code == 422
    assert "unknown, cancelled" in wrong.json()["message"]
    assert world.call("GET", "/v1/jobs", params={"cursor": "elsewhere"}).status_code == 422


def test_a_status_is_found_behind_many_others(world: World) -> None:
    world.connect_pairfon()
    first = world.send(schedule_at=later(hours=2)).json()["id"]
    for start in (0, 100, 200):
        phones = [f"+1415555{number:04}" for number in range(1000 + start, 1100 + start)]
        batch = world.send(phone=phones, schedule_at=later(hours=1)).json()["id"]
        assert world.call("DELETE", f"/v1/jobs/{batch}").status_code == 200
    [found] = world.get("/v1/jobs", status="scheduled", limit=2)["data"]
    assert found["id"] == first
    page = world.get("/v1/jobs", status="cancelled", limit=200)
    rest = world.get("/v1/jobs", status="cancelled", limit=200, cursor=page["next_cursor"])
    assert (len(page["data"]), len(rest["data"]), rest["next_cursor"]) == (200, 100, None)


def test_removing_the_connection_ends_its_waiting_jobs_with_a_sentence(world: World) -> None:
    connection = world.connect_pairfon()
    slow: dict[str, Any] = {"code": 429, "headers": {"Retry-After": "1"}}
    world.fault("status", "POST /zapier/send-sms", times=0, **slow)
    job = world.send().json()["id"]
    until(lambda: world.job(job)["attempts"], "the first attempt")
    assert world.call("DELETE", f"/v1/connections/{connection}").status_code == 200
    assert "connection of this job was removed" in world.settled(job, "failed")["message"]
    assert world.sends() == []


@pytest.mark.parametrize("way", ["pairfon", "cloud"])
def test_no_number_text_or_key_is_in_logs_or_in_rqs_records(
    stack: Stack, world: World, way: str
) -> None:
    """What RQ keeps of jobs that wait is looked at while the workers stand still."""
    secret = {"phone": "+14155557391", "message": "Canary 7391 sings"}
    if way == "cloud":
        world.connect_cloud()
    else:
        world.connect_pairfon()
    stack.pause("worker")
    try:
        job = world.send(**secret).json()["id"]
        records = rq_records(stack)
    finally:
        stack.resume("worker")
    assert any(job in str(each) for each in records), "RQ runs it under the job's own id"
    world.settled(job)
    rejected = world.send(**secret, sim_slot="SIM9")
    assert rejected.status_code == 422
    for hidden in ("4155557391", "Canary", world.key, world.pairfon_key, world.cloud_key):
        assert hidden not in str(records)
        assert hidden not in stack.logs()


def test_a_job_whose_wake_up_was_lost_is_sent_all_the_same(stack: Stack, world: World) -> None:
    world.connect_pairfon()
    # Its answer makes room for as many wake-ups in the lane.
    world.settled(world.send().json()["id"])
    stack.pause("worker")
    try:
        # The server has given the first ones to workers that were waiting when they were stopped.
        jobs = [world.send(phone=f"+1415555020{n}").json()["id"] for n in range(8)]
        assert stack.db.delete(f"rq:job:{jobs[0]}", f"rq:job:{jobs[7]}") == 2
        assert stack.db.lrem("rq:queue:hookline-actions", 0, jobs[6]) == 1
        stack.db.rpush("rq:queue:hookline-actions", jobs[5], jobs[5], "nonsense")
        stack.db.hset(f"rq:job:{jobs[4]}", "data", "no JSON at all")
        stack.db.hset(f"rq:job:{jobs[3]}", "created_at", "yesterday")
        stack.pass_time(LOST_SECONDS)
    finally:
        stack.resume("worker")
    for job in jobs:
        world.settled(job)
    assert len(world.sends()) == 1 + len(jobs)
