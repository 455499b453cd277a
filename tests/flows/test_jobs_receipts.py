"""Delivery receipts: applied to the right job, in whatever order and number they come."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from proofs.rig.sandbox import until
from proofs.rig.stack import World

AT = "2026-01-31T09:00:0{}Z"


def ingress(world: World, connection: str) -> str:
    return str(world.get(f"/v1/connections/{connection}")["ingress_url"])


def sent(world: World) -> dict[str, Any]:
    job: dict[str, Any] = world.send(wait=20).json()
    return job


def tried(world: World) -> int:
    """How many receipts the provider has sent us."""
    pushes = world.control("GET", "pushes", key=world.cloud_key)["pushes"]
    return sum(bool(each["attempts"]) for each in pushes)


def told(url: str, job: dict[str, Any], status: str, second: int = 0, **more: Any) -> Any:
    body = {"message_id": job["provider_id"], "status": status, "timestamp": AT.format(second)}
    answer = requests.post(url, json=body | {"reason": None} | more, timeout=90)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(("word", "status"), [("success", "delivered"), ("failed", "failed")])
def test_a_receipt_of_the_provider_settles_the_job(world: World, word: str, status: str) -> None:
    connection = world.connect_cloud()
    receipts = [{"status": "queued"}, {"status": word, "reason": "Handset off", "times": 2}]
    settings = {"callback_url": ingress(world, connection), "receipts": receipts}
    world.control("PUT", "settings", settings, world.cloud_key)
    job = world.settled(world.send().json()["id"], status)
    until(lambda: tried(world) == 3, "all pushes")
    job = world.job(job["id"])
    assert job["status"] == status
    assert {each["status"] for each in job["receipts"]} <= {"queued", word}
    assert job["message"] == {"success": "Delivered.", "failed": "Handset off"}[word]


def test_a_batch_tells_why_a_receipt_says_that_a_text_failed(world: World) -> None:
    url = ingress(world, world.connect_cloud())
    batch = world.send(wait=20, phone=["+14155550123", "+14155550199"]).json()
    assert batch["message"] == "2 of 2 sent."
    told(url, batch["jobs"][0], "failed", reason="Handset off")
    assert world.job(batch["id"])["message"] == "1 of 2 sent; 1 failed: Handset off."


def test_a_receipt_that_comes_before_the_send_is_recorded_is_kept(world: World) -> None:
    connection = world.connect_cloud()
    settings = {"callback_url": ingress(world, connection), "receipts": [{"status": "success"}]}
    world.control("PUT", "settings", settings, world.cloud_key)
    world.fault("delay", "POST /http/sms/send", world.cloud_key, seconds=8.0, after=True)
    job = world.send().json()["id"]
    until(lambda: tried(world), "the receipt to arrive")
    assert world.job(job)["status"] in ("queued", "sending")
    assert len(world.settled(job, "delivered")["receipts"]) == 1


@pytest.mark.parametrize("final", ["success", "failed"])
def test_a_final_status_never_goes_back(world: World, final: str) -> None:
    url = ingress(world, world.connect_cloud())
    job = sent(world)
    told(url, job, final, 5)
    status = world.job(job["id"])["status"]
    assert status == {"success": "delivered", "failed": "failed"}[final]
    for second, word in enumerate(("queued", "sent", "throttled", "teleported", "failed")):
        told(url, job, word, second)
    told(url, job, "success", 6)
    assert world.job(job["id"])["status"] == status
    assert len(world.job(job["id"])["receipts"]) == 7


def test_a_receipt_that_comes_again_is_noted_once(world: World) -> None:
    url = ingress(world, world.connect_cloud())
    job = sent(world)
    for _ in range(3):
        told(url, job, "success")
    found = world.job(job["id"])
    assert (found["status"], len(found["receipts"])) == ("delivered", 1)
    assert found["receipts"][0] == {"at": AT.format(0), "status": "success", "reason": None}


def test_a_word_nobody_knows_changes_nothing(world: World) -> None:
    url = ingress(world, world.connect_cloud())
    job = sent(world)
    told(url, job, "teleported", reason="Beamed up")
    found = world.job(job["id"])
    assert (found["status"], found["receipts"][0]["reason"]) == ("sent", "Beamed up")


def test_a_receipt_for_one_connection_does_not_touch_another(world: World) -> None:
    first = world.connect_cloud()
    second = world.connect_ultimate()
    job = sent(world)
    assert job["connection"] == first
    told(ingress(world, second), job, "failed")
    assert world.job(job["id"])["status"] == "sent"


def test_a_late_receipt_of_the_first_try_does_not_stop_a_retry(world: World) -> None:
    url = ingress(world, world.connect_cloud())
    job = sent(world)
    told(url, job, "failed")
    slow = {"code": 429, "headers": {"Retry-After": "1"}}
    world.fault("status", "POST /http/sms/send", world.cloud_key, **slow)
    assert world.call("POST", f"/v1/jobs/{job['id']}/retry").status_code == 202
    told(url, job, "sent", 1)
    until(lambda: len(world.sends(world.cloud_key)) == 2, "the second send")
    again = world.settled(job["id"], "sent")
    assert again["provider_id"] != job["provider_id"]
