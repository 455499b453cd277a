"""Failover: a text goes on through another account where nothing was sent for certain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World
from tests.console.visitor import Visitor

PHONE = "+14155550123"
SEND = "POST /zapier/send-sms"


class Pair:
    """Two accounts of one workspace, each with its own log at the provider."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.stack.db.hset(keys.workspace(world.name), "opt_outs", "on")
        self.first = world.connect_pairfon(label="First")
        self.other_key = f"pf_other_{world.name}"
        self.second = world.connect("pairfon", self.other_key, "/pairfon", label="Second")

    def send(self, **more: Any) -> Any:
        given = {"connection": self.first, "fallback_connections": [self.second], **more}
        return self.world.send(**given)

    def sent(self) -> tuple[int, int]:
        return len(self.world.sends()), len(self.world.sends(self.other_key))


def legs(job: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (each["connection"], each["outcome"]) for each in job["attempts"] if "connection" in each
    ]


@pytest.fixture
def pair(world: World) -> Pair:
    return Pair(world)


@pytest.mark.parametrize("code", [401, 402])
def test_an_account_that_is_refused_hands_the_text_to_the_next_one(pair: Pair, code: int) -> None:
    pair.world.fault("status", SEND, code=code, times=0)
    answer = pair.send(wait=25)
    assert answer.status_code == 200, answer.text
    job = answer.json()
    assert legs(job) == [(pair.first, "rejected"), (pair.second, "sent")]
    assert (job["connection"], job["provider"]) == (pair.second, "pairfon")
    assert pair.sent() == (0, 1)


def test_a_bad_number_an_opt_out_and_a_refusal_of_any_other_kind_stay_where_they_are(
    pair: Pair,
) -> None:
    world = pair.world
    for code in (400, 403, 404, 422):
        world.fault("status", SEND, code=code)
        job = world.settled(pair.send(message=f"Text {code}").json()["id"], "failed")
        assert legs(job) == [(pair.first, "rejected")]
    world.post("/v1/opt-outs", phone=PHONE, connection=pair.first)
    job = world.settled(pair.send().json()["id"], "failed")
    assert job["error"]["code"] == "opted_out"
    assert legs(job) == [(pair.first, "rejected")]
    assert pair.sent() == (0, 0)


@pytest.mark.parametrize("kind", ["cut_after", "status"])
def test_a_text_that_may_have_been_sent_is_never_sent_through_another_account(
    pair: Pair, kind: str
) -> None:
    world = pair.world
    more: dict[str, Any] = {"code": 500, "effect": True} if kind == "status" else {}
    world.fault(kind, SEND, **more)
    job = pair.send(failover_after=0).json()["id"]
    ended = world.proved(job)
    assert "unknown" in [outcome for _, outcome in legs(ended)]
    assert {connection for connection, _ in legs(ended)} == {pair.first}
    assert pair.sent() == (1, 0)


def away(world: World) -> str:
    """An account that nobody reaches."""
    answer = world.post(
        "/v1/connections",
        provider="pairfon",
        api_key=f"pf_away_{world.name}",
        base_url="http://127.0.0.1:9",
        label="Away",
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_an_account_that_is_not_reached_is_left_after_the_chosen_time(world: World) -> None:
    first, second = away(world), world.connect_pairfon(label="Second")
    given = {"connection": first, "fallback_connections": second}
    waits = world.send(**given, failover_after=3600, message="Waits").json()["id"]
    goes = [
        world.send(**given, failover_after=1, message=f"Goes {number}").json()["id"]
        for number in range(12)
    ]
    for each in goes:
        job = world.settled(each)
        assert job["connection"] == second
        assert legs(job)[-2:] == [(first, "unavailable"), (second, "sent")]
    until(lambda: world.job(waits)["status"] == "queued", "the other between two tries")
    assert {connection for connection, _ in legs(world.job(waits))} <= {first}
    assert sorted(each["text"] for each in world.sends()) == sorted(
        f"Goes {number}" for number in range(12)
    )


def test_each_leg_is_taken_in_its_order_until_none_is_left(pair: Pair) -> None:
    world = pair.world
    world.fault("status", SEND, code=401, times=0)
    world.fault("status", SEND, pair.other_key, code=401, times=0)
    given = {"fallback_connections": [pair.second, pair.first]}
    job = world.settled(pair.send(**given).json()["id"], "failed")
    assert legs(job) == [(pair.first, "rejected"), (pair.second, "rejected")]
    assert job["error"]["status"] == 401
    world.control("DELETE", "faults")
    again = world.post(f"/v1/jobs/{job['id']}/retry")
    assert again.status_code == 202, again.text
    job = world.settled(job["id"])
    assert job["connection"] == pair.first
    assert legs(job)[-1] == (pair.first, "sent")
    assert pair.sent() == (1, 0)


def test_the_workspace_has_a_list_that_a_call_may_change(pair: Pair) -> None:
    world = pair.world
    rules = {"fallback_connections": [pair.second], "failover_after": 60}
    changed = world.call("PATCH", "/v1/sending/rules", json=rules)
    assert changed.json() == {"deduplicate_within": 0, **rules}
    world.fault("status", SEND, code=401, times=0)
    job = world.send(connection=pair.first, wait=25).json()
    assert job["connection"] == pair.second
    own = world.send(connection=pair.first, fallback_connections=[pair.first], wait=25)
    assert own.status_code == 502
    world.call("PATCH", "/v1/sending/rules", json={"fallback_connections": []})
    assert world.send(connection=pair.first, wait=25).status_code == 502
    assert pair.sent() == (0, 1)


def test_what_a_fallback_cannot_do_is_refused_at_once(pair: Pair) -> None:
    world = pair.world
    cloud = world.connect_cloud(label="Mailings")
    for wrong, said in (
        ("conn_nothing", "is no connection of this workspace"),
        (cloud, "Mailings does not text short codes"),
    ):
        answer = pair.send(fallback_connections=[wrong], phone="40404", as_is=True)
        assert answer.status_code == 422
        assert said in answer.json()["errors"]["fallback_connections"][0]
    picture = {"phone": PHONE, "media_url": f"{world.stack.sandbox.url}/a.png"}
    given = {**picture, "connection": cloud, "fallback_connections": [pair.first]}
    answer = world.post("/v1/actions/send-mms", **given)
    assert answer.status_code == 422
    assert "First cannot send MMS" in answer.json()["message"]
    world.control("POST", "devices", {"device_fingerprint": "another"}, pair.other_key)
    world.stack.db.delete(keys.belongings(pair.second, "devices"))
    devices = {"connection": pair.second}
    until(lambda: len(world.get("/v1/options/devices", **devices)) == 2, "both phones known")
    answer = pair.send()
    assert answer.status_code == 422
    assert "Second has several phones" in answer.json()["message"]
    unknown = world.call("PATCH", "/v1/sending/rules", json={"fallback_connections": "conn_x"})
    assert unknown.status_code == 404
    assert "'conn_x' is no connection of this workspace" in unknown.json()["message"]


def test_the_first_answer_is_given_again_after_a_failover(pair: Pair) -> None:
    pair.world.fault("status", SEND, code=401, times=0)
    first = pair.send(idempotency_key="order-1")
    moved = pair.world.settled(first.json()["id"])
    assert moved["connection"] == pair.second
    assert "device_fingerprint" not in moved["input"]
    again = pair.send(idempotency_key="order-1")
    assert (again.status_code, again.json()) == (202, first.json())


def test_a_receipt_of_the_second_account_reaches_the_job(pair: Pair) -> None:
    pair.world.get("/v1/triggers/message-status")
    pair.world.fault("status", SEND, code=401, times=0)
    job = pair.world.settled(pair.send().json()["id"])
    events = until(lambda: pair.world.get("/v1/triggers/message-status"), "the change of status")
    assert (events[0]["job_id"], events[0]["connection"]) == (job["id"], pair.second)


def test_the_page_of_the_job_shows_what_each_attempt_was_made_through(pair: Pair) -> None:
    pair.world.fault("status", SEND, code=401, times=0)
    job = pair.world.settled(pair.send().json()["id"])
    visitor = Visitor(pair.world.stack)
    assert visitor.sign_in(pair.world.key).ok
    page = visitor.get(f"/console/jobs/{job['id']}").text
    assert page.index("through First") < page.index("through Second")


@pytest.fixture
def killed(rough: Stack) -> Iterator[World]:
    made = rough.workspace()
    made.control("PUT", "settings", {"rate_limit": 1_000_000})
    yield made
    made.leave()


def sent_while_workers_die(rough: Stack, pair: Pair, texts: list[str]) -> dict[str, str]:
    """The jobs of these texts, accepted while the workers are killed again and again."""
    stop, jobs = threading.Event(), {}

    def restarts() -> None:
        while not stop.wait(0.7):
            rough.kill("worker", tree=True)
            rough.start("worker")

    killer = threading.Thread(target=restarts)
    killer.start()
    try:
        for text in texts:
            jobs[text] = str(pair.send(message=text).json()["id"])
            stop.wait(0.05)
    finally:
        stop.set()
        killer.join()
    return jobs


def test_workers_that_are_killed_between_legs_lose_and_double_nothing(
    rough: Stack, killed: World
) -> None:
    pair = Pair(killed)
    killed.control("PUT", "settings", {"rate_limit": 1_000_000}, pair.other_key)
    killed.fault("status", SEND, code=401, times=0)
    killed.fault("delay", SEND, pair.other_key, times=0, seconds=0.02, after=True)
    texts = [f"Text {number}" for number in range(60)]
    for job in sent_while_workers_die(rough, pair, texts).values():
        assert killed.proved(job)["connection"] == pair.second
    assert sorted(each["text"] for each in killed.sends(pair.other_key)) == sorted(texts)
    assert killed.sends() == []
