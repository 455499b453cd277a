"""How the service is: one request id from caller to provider, lines of outcomes, and metrics."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from integration.store import keys
from proofs.rig.receiver import Reply
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import NEXT_YEAR, Stack, World

TOKEN = "a token that only Prometheus has"
GIVEN = "flow-3f2a9c1d"
PHONE, TEXT = "+14155550199", "Your table by the window is ready"
Sample = tuple[str, frozenset[tuple[str, str]]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("told")
    running = Stack(folder, LOG_FORMAT="json", METRICS_TOKEN=TOKEN)
    yield running
    running.stop()


@pytest.fixture
def teller(told: Stack) -> Iterator[World]:
    made = told.workspace()
    yield made
    made.leave()


def lines(stack: Stack, **wanted: Any) -> list[dict[str, Any]]:
    """What the processes logged with these facts; each line is a JSON object."""
    names = ("web", "worker", "scheduler")
    logged = [(stack.folder / f"{name}.log").read_text() for name in names]
    # Less the line that is just being written.
    whole = [each.rpartition("\n")[0].splitlines() for each in logged]
    found = [json.loads(line) for each in whole for line in each]
    return [each for each in found if wanted.items() <= each.items()]


def line(stack: Stack, **wanted: Any) -> dict[str, Any]:
    [found] = until(lambda: lines(stack, **wanted), f"a line with {wanted}")
    return dict(found)


def scraped(stack: Stack) -> dict[Sample, float]:
    answer = requests.get(
        f"{stack.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=90
    )
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    samples = (sample for family in families for sample in family.samples)
    return {(each.name, frozenset(each.labels.items())): each.value for each in samples}


def lacks(stack: Stack) -> list[dict[str, Any]]:
    found = lines(stack, process="scheduler", logger="integration.runtime.guarded")
    return [each for each in found if "store away" in each["message"]]


def moment(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["at"])


def value(stack: Stack, name: str, **labels: str) -> float:
    return scraped(stack).get((f"hookline_{name}", frozenset(labels.items())), 0.0)


def test_one_request_id_goes_from_the_caller_to_the_provider_and_the_log(
    told: Stack, teller: World
) -> None:
    connection = teller.connect_pairfon()
    body = {"phone": PHONE, "message": TEXT}
    headers = {"X-Request-Id": GIVEN}
    answer = teller.call("POST", "/v1/actions/send-sms", json=body, headers=headers)
    assert answer.headers["X-Request-Id"] == GIVEN
    job = answer.json()["id"]
    teller.settled(job)
    calls = told.sandbox.control("GET", teller.pairfon_key, "calls")["calls"]
    sent = [each for each in calls if each["call"].startswith("POST")]
    assert [each["request_id"] for each in sent] == [GIVEN]
    request = line(told, request_id=GIVEN, message="request")
    assert request["route"] == "/v1/actions/<key>"
    assert (request["status"], request["process"]) == (202, "web")
    ended = line(told, job=job, status="sent")
    assert ended["request_id"] == GIVEN
    assert ended["connection"] == connection
    assert (ended["provider"], ended["action"]) == ("pairfon", "send-sms")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", ended["at"])


def test_a_request_id_that_could_be_a_number_is_not_taken_over(teller: World) -> None:
    headers = {"X-Request-Id": "14155550199"}
    answer = teller.call("GET", "/v1/jobs", headers=headers)
    assert answer.headers["X-Request-Id"].startswith("req_")


def test_the_log_has_no_number_and_no_text(told: Stack, teller: World, sink: Sink) -> None:
    teller.connect_pairfon()
    hook = Hooked(teller, sink)
    teller.settled(teller.send(phone=PHONE, message=TEXT).json()["id"])
    teller.inject(TEXT, PHONE)
    sink.wait_for(1)
    line(told, hook=hook.id, outcome="delivered")
    logged = told.logs()
    assert PHONE[1:] not in logged
    assert TEXT not in logged


def test_the_outcomes_of_jobs_are_counted_by_provider_and_action(
    told: Stack, teller: World
) -> None:
    teller.connect_pairfon()
    by = {"provider": "pairfon", "action": "send-sms"}
    names = ("accepted", "sent", "failed", "cancelled", "unknown")
    before = {each: value(told, f"jobs_{each}_total", **by) for each in names}
    seen = value(told, "accept_to_sent_seconds_count", **by)
    teller.settled(teller.send().json()["id"])
    teller.fault("status", "POST /zapier/send-sms", code=422)
    failed = teller.send(message="No").json()["id"]
    teller.settled(failed, "failed")
    later = teller.send(message="Later", schedule_at=f"{NEXT_YEAR}T00:00:00Z").json()["id"]
    assert teller.call("DELETE", f"/v1/jobs/{later}").status_code == 200
    after = {each: value(told, f"jobs_{each}_total", **by) - before[each] for each in names}
    assert after == {"accepted": 3, "sent": 1, "failed": 1, "cancelled": 1, "unknown": 0}
    assert line(told, job=failed, status="failed")["upstream_status"] == 422
    assert line(told, job=later, status="cancelled")["by"] == "request"
    until(
        lambda: value(told, "accept_to_sent_seconds_count", **by) > seen,
        "the time from acceptance to sent",
    )


def test_a_receipt_counts_a_text_as_delivered(told: Stack, teller: World) -> None:
    connection = teller.connect_cloud()
    by = {"provider": "cloud-messaging", "action": "send-sms"}
    before = value(told, "jobs_delivered_total", **by)
    job = teller.send().json()["id"]
    receipt = {"message_id": teller.settled(job)["provider_id"], "status": "success"}
    receipt |= {"timestamp": "2026-01-31T09:00:00Z", "reason": None}
    address = teller.get(f"/v1/connections/{connection}")["ingress_url"]
    assert requests.post(address, json=receipt, timeout=90).status_code == 200
    teller.settled(job, "delivered")
    assert value(told, "jobs_delivered_total", **by) == before + 1
    assert line(told, job=job, by="receipt")["status"] == "delivered"


def test_deliveries_are_counted_and_logged(told: Stack, teller: World, sink: Sink) -> None:
    teller.connect_pairfon()
    hook = Hooked(teller, sink)
    sink.plan("/hook", Reply(status=500), Reply(status=429, headers={"Retry-After": "1"}))
    names = ("made", "retried", "postponed", "dead")
    before = {each: value(told, f"deliveries_{each}_total") for each in names}
    timed = value(told, "arrival_to_hook_seconds_count")
    teller.inject("Hello")
    until(lambda: lines(told, hook=hook.id, outcome="delivered"), "the delivery")
    after = {each: value(told, f"deliveries_{each}_total") - before[each] for each in names}
    assert after == {"made": 1, "retried": 1, "postponed": 1, "dead": 0}
    outcomes = [(each["outcome"], each["status"]) for each in lines(told, hook=hook.id)]
    assert outcomes == [("retried", 500), ("retried", 429), ("delivered", 200)]
    until(lambda: value(told, "arrival_to_hook_seconds_count") > timed, "the time to the hook")


def test_calls_to_providers_and_to_the_store_are_timed(told: Stack, teller: World) -> None:
    teller.connect_pairfon()
    name = "provider_call_seconds"
    until(
        lambda: value(told, f"{name}_count", provider="pairfon", result="answered") > 0,
        "calls to the provider",
    )
    found = scraped(told)
    for kind in (name, "store_trip_seconds"):
        ends = [key for key in found if key[0] == f"hookline_{kind}_bucket"]
        assert ends, kind
    counts = [
        count
        for (metric, labels), count in sorted(
            found.items(), key=lambda row: float(dict(row[0][1]).get("le", 0))
        )
        if metric == "hookline_store_trip_seconds_bucket"
    ]
    assert counts == sorted(counts)
    assert counts[-1] == found[("hookline_store_trip_seconds_count", frozenset())] > 0


def test_only_the_token_opens_the_metrics(told: Stack) -> None:
    url = f"{told.url}/metrics"
    assert requests.get(url, timeout=90).status_code == 401
    wrong = requests.get(url, headers={"Authorization": "Bearer ü"}, timeout=90)
    assert wrong.status_code == 401
    assert wrong.headers["Content-Type"] == "application/problem+json"
    assert "METRICS_TOKEN" in wrong.json()["message"]
    assert scraped(told)


def test_a_job_that_waits_for_its_provider_is_the_oldest(told: Stack, teller: World) -> None:
    teller.connect_pairfon()
    teller.fault("hang", "POST /zapier/send-sms", times=0)
    for number in range(12):
        teller.send(message=f"Table {number}")
    until(lambda: value(told, "accounts_silent") >= 1, "an account that is silent")
    until(lambda: value(told, "jobs_held", by="silent") >= 10, "ten jobs that wait for it")
    told.pass_time(10)
    until(lambda: value(told, "oldest_job_seconds") >= 10, "the oldest job")


def test_a_measure_that_is_nonsense_is_left_out_and_noted(told: Stack) -> None:
    told.db.hset(keys.MEASURES, mapping={"jobs_sent pairfon,send_mms": "abc", "store_trip x": "1"})
    assert value(told, "jobs_sent_total", provider="pairfon", action="send-mms") == 0
    assert told.db.zscore(keys.BROKEN, f"{keys.MEASURES} jobs_sent pairfon,send_mms") is not None
    told.db.hdel(keys.MEASURES, "jobs_sent pairfon,send_mms", "store_trip x")


def test_the_seconds_without_the_store_are_counted_once(told: Stack) -> None:
    before, killed = value(told, "store_away_seconds_total"), time.monotonic()
    told.kill("redis")
    until(lambda: requests.get(f"{told.url}/readyz", timeout=90).status_code == 503, "no store")
    first = moment(until(lambda: lacks(told), "the scheduler without its store")[0])
    # What is shorter than 3 s does not count, and one tick may write several lines.
    until(lambda: moment(lacks(told)[-1]) - first > timedelta(seconds=5), "5 s without the store")
    told.start("redis")
    until(told.is_ready, "the service ready")
    until(lambda: value(told, "store_away_seconds_total") > before, "the seconds without it")
    away = value(told, "store_away_seconds_total") - before
    # A process that stood still before the store ended saw it last some seconds earlier.
    assert away < time.monotonic() - killed + 15
