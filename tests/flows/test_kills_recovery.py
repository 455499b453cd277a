"""Processes die at any point: what was accepted is sent, and the provider's log shows it once.

The judge is the sandbox's own append-only log, never a record of ours.
"""

from __future__ import annotations

import os
import random
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

SEED = 20260131
TREE = 0.7
"""The share of kills that take a whole process tree at once; the others leave orphans."""
AWAY = "cannot reach its data store"


@pytest.fixture
def rough_world(rough: Stack) -> Iterator[World]:
    made = unlimited(rough)
    yield made
    made.leave()


def unlimited(rough: Stack) -> World:
    """A world whose provider allows as many calls as we like, and takes its time for each."""
    made = rough.workspace()
    made.control("PUT", "settings", {"rate_limit": 1_000_000})
    made.connect_pairfon()
    made.fault("delay", "POST /zapier/send-sms", times=0, seconds=0.03, after=True)
    return made


def persistent(world: World, text: str) -> str:
    """The job of a text, asked for under one key until it is accepted, as platforms do."""
    headers = {"Idempotency-Key": text}
    body = {"phone": "+14155550123", "message": text}

    def accepted() -> str | None:
        try:
            answer = world.call("POST", "/v1/actions/send-sms", json=body, headers=headers)
        except requests.RequestException:
            return None
        return str(answer.json()["id"]) if answer.status_code == 202 else None

    return str(until(accepted, f"{text} to be accepted"))


def settled_once(world: World, jobs: dict[str, str]) -> None:
    """Every job is sent, and the provider took each text exactly once."""
    for job in jobs.values():
        world.proved(job)
    assert Counter(each["text"] for each in world.sends()) == Counter(jobs.keys())


def kill(rough: Stack, name: str, dice: random.Random) -> None:
    rough.kill(name, tree=dice.random() < TREE)
    if name == "web":
        # gunicorn gives up where its orphans keep the port for longer than five seconds.
        until(lambda: not listens(rough.port), "the end of the orphans")
    rough.start(name)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_killed_workers_lose_and_double_nothing(rough: Stack) -> None:
    worlds, dice = [unlimited(rough) for _ in range(3)], random.Random(SEED)
    jobs: list[dict[str, str]] = [{}, {}, {}]
    for number in range(15):
        for world, known in zip(worlds, jobs, strict=True):
            for each in range(10):
                if len(known) < 50:
                    text = f"Text {number} {each}"
                    known[text] = world.send(message=text).json()["id"]
        kill(rough, "worker", dice)
        # Wait for some process to be at work again, so that the next kill meets one.
        before = sum(len(world.sends()) for world in worlds)
        left = sum(map(len, jobs)) - before
        if left > 12:
            until(lambda: sum(len(world.sends()) for world in worlds) > before, "progress")  # noqa: B023  # called at once
    for world, known in zip(worlds, jobs, strict=True):
        settled_once(world, known)
        world.leave()
    assert sum(map(len, jobs)) == 150


def test_killed_web_processes_lose_and_double_nothing(rough: Stack, rough_world: World) -> None:
    dice = random.Random(SEED)
    texts = [f"Order {number}" for number in range(40)]
    with ThreadPoolExecutor(6) as pool:
        asked = {text: pool.submit(persistent, rough_world, text) for text in texts}
        for _ in range(3):
            kill(rough, "web", dice)
            done = sum(each.done() for each in asked.values())
            until(
                lambda: sum(each.done() for each in asked.values()) > min(done, 38),  # noqa: B023  # called at once
                "the service to accept again",
            )
        jobs = {text: each.result() for text, each in asked.items()}
    settled_once(rough_world, jobs)


def test_a_killed_data_server_forgets_no_acknowledged_job(rough: Stack, rough_world: World) -> None:
    texts = [f"Note {number}" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        asked = {text: pool.submit(persistent, rough_world, text) for text in texts}
        for wanted in (8, 20):
            until(lambda: sum(each.done() for each in asked.values()) >= wanted, "some accepted")  # noqa: B023  # called at once
            rough.kill("redis")
            rough.start("redis")
        jobs = {text: each.result() for text, each in asked.items()}
    settled_once(rough_world, jobs)


def test_while_the_data_server_is_away_nothing_is_promised_and_all_recover_unaided(
    rough: Stack, rough_world: World
) -> None:
    connection = rough_world.get("/v1/connections")["data"][0]
    before = {name: each.pid for name, each in rough.processes.items() if name != "redis"}
    rough.kill("redis")
    try:
        for method, path in (
            ("GET", "/v1/me"),
            ("POST", "/v1/actions/send-sms"),
            ("GET", "/v1/triggers/inbound-sms"),
            ("GET", "/zapier/latest-sms"),
        ):
            answer = rough_world.call(method, path, **({"json": {}} if method == "POST" else {}))
            assert answer.status_code == 503, answer.text
            assert AWAY in answer.json()["message"]
            assert int(answer.headers["Retry-After"]) >= 1
        pushed = requests.post(connection["ingress_url"], json={"id": 1}, timeout=90)
        assert pushed.status_code == 503
        assert requests.get(f"{rough.url}/readyz", timeout=90).status_code == 503
        assert requests.get(f"{rough.url}/healthz", timeout=90).status_code == 200
    finally:
        rough.start("redis")
    until(rough.is_ready, "the service to be ready again")
    settled_once(rough_world, {"Back again": persistent(rough_world, "Back again")})
    assert before == {name: each.pid for name, each in rough.processes.items() if name != "redis"}
    assert all(rough.processes[name].poll() is None for name in before)


def test_an_outcome_known_while_the_data_server_was_away_is_recorded(rough: Stack) -> None:
    """Without a history, forgetting the answer would make the job unknown."""
    world = rough.workspace()
    world.connect_cloud()
    world.fault("delay", "POST /http/sms/send", world.cloud_key, seconds=1.0, after=True)
    job = world.send().json()["id"]
    until(lambda: world.sends(world.cloud_key), "the provider to take it")
    rough.kill("redis")
    rough.start("redis")
    found = world.settled(job, "sent", "unknown")
    assert found["status"] == "sent", found
    world.leave()


def test_a_worker_asked_to_end_while_the_store_is_away_forgets_no_outcome(rough: Stack) -> None:
    """The signal comes many times, as from a container and the worker's own parent.

    One that interrupted the call would make a sent text count as unsent and go out again."""
    world = rough.workspace()
    world.connect_cloud()
    world.fault("delay", "POST /http/sms/send", world.cloud_key, seconds=3.0, after=True)
    job = world.send().json()["id"]
    until(lambda: world.sends(world.cloud_key), "the provider to take it")
    rough.kill("redis")
    worker = rough.processes["worker"]
    for _ in range(20):
        os.killpg(worker.pid, signal.SIGTERM)
    rough.start("redis")
    assert worker.wait(120) == 0
    rough.start("worker")
    found = world.settled(job, "sent", "unknown")
    assert found["status"] == "sent", found
    assert len(world.sends(world.cloud_key)) == 1
    world.leave()


def test_a_worker_asked_to_end_finishes_what_it_holds(rough: Stack, rough_world: World) -> None:
    slow: dict[str, Any] = {"seconds": 3.0, "after": True}
    rough_world.control("DELETE", "faults")
    rough_world.fault("delay", "POST /zapier/send-sms", **slow)
    job = rough_world.send(message="In flight").json()["id"]
    until(rough_world.sends, "the provider to take it")
    worker = rough.processes["worker"]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(120) == 0
    # The scheduler lives on, and may have read that it was delivered.
    assert rough_world.job(job)["status"] in ("sent", "delivered")
    waiting = rough_world.send(message="Accepted meanwhile").json()["id"]
    rough.start("worker")
    settled_once(rough_world, {"In flight": job, "Accepted meanwhile": waiting})
