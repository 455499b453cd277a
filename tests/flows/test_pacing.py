"""Pacing through the whole service; the judge is the sandbox's own log of what it was sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World
from tests.flows.test_cli import run, told

GAP, NEAR = 3, 1
"""Seconds; by no more do our processes disagree on the time (clock.LONGEST_TRIP_MS)."""
LONG_GAP = 3_000
FIRST, SECOND = "sandbox-phone-1", "sandbox-phone-2"
SEND = "POST /zapier/send-sms"


@pytest.fixture
def rough_world(rough: Stack) -> Iterator[World]:
    made = rough.workspace()
    made.connect_pairfon()
    yield made
    made.leave()


@pytest.fixture
def paced(world: World) -> World:
    world.connect_pairfon()
    return world


def pace(world: World, **rules: Any) -> dict[str, Any]:
    return change(world, {"pacing": rules})


def change(world: World, body: dict[str, Any]) -> dict[str, Any]:
    answer = world.call("PATCH", f"/v1/connections/{account(world)}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def account(world: World) -> str:
    return str(world.get("/v1/connections")["data"][0]["id"])


def text(world: World, message: str, **more: Any) -> str:
    return str(world.send(message=message, **more).json()["id"])


def times_of(world: World) -> list[float]:
    """When the provider took each text, by its own clock."""
    return [datetime.fromisoformat(each["at"]).timestamp() for each in world.sends()]


def waits(world: World, job: str) -> dict[str, Any]:
    """What a job waits for, once it says so."""
    return dict(until(lambda: world.job(job).get("waiting"), f"{job} to say what it waits for"))


def texts(world: World) -> list[str]:
    return [each["text"] for each in world.sends()]


def test_texts_leave_in_their_order_with_the_gap_between_them(paced: World) -> None:
    pace(paced, gap_seconds=GAP)
    began = time.time()
    jobs = [text(paced, f"Text {number}") for number in range(4)]
    for job in jobs:
        paced.settled(job)
    assert texts(paced) == [f"Text {number}" for number in range(4)]
    # None comes before its turn. The gap lies between the claims. A machine that stalls may hold up
    # one text on its way to the provider, and not the next. tests/jobs/test_pacing.py has each gap.
    after = [moment - began for moment in times_of(paced)]
    assert all(each > number * GAP - NEAR for number, each in enumerate(after)), after


def test_a_phone_that_waits_holds_up_no_other_phone_and_no_other_account(paced: World) -> None:
    paced.control("POST", "devices", {"device_fingerprint": SECOND})
    pace(paced, gap_seconds=LONG_GAP, per="device")
    jobs = {
        phone: [text(paced, f"{phone} {n}", device_fingerprint=phone) for n in range(3)]
        for phone in (FIRST, SECOND)
    }
    other = paced.connect_cloud()
    for job in (jobs[FIRST][0], jobs[SECOND][0]):
        paced.settled(job)
    assert paced.send(connection=other, message="Another account", wait=25).status_code == 200
    for phone in (FIRST, SECOND):
        told = waits(paced, jobs[phone][1])
        assert (told["rule"], told["ahead"]) == ("gap_seconds", 0)
        assert waits(paced, jobs[phone][2])["ahead"] == 1
    assert sorted(texts(paced)) == [f"{FIRST} 0", f"{SECOND} 0"]


def test_new_recipients_wait_with_a_reason_until_the_pacing_is_changed(paced: World) -> None:
    shown = pace(paced, recipients_per_day=1)
    assert shown["pacing"]["recipients_per_day"] == 1
    paced.settled(text(paced, "One"))
    new = text(paced, "Two", phone="+14155550124")
    told = waits(paced, new)
    assert (told["for"], told["rule"]) == ("pacing", "recipients_per_day")
    job = paced.job(new)
    assert job["status"] == "queued"
    assert "allows 1 recipient in 24 hours; it goes at" in job["message"]
    paced.settled(text(paced, "One more"))
    lane = paced.get(f"/v1/connections/{account(paced)}")["lane"]
    assert (lane["state"], lane["jobs_paced"]) == ("paced", 1)
    assert change(paced, {"pacing": None})["pacing"] is None
    paced.settled(new)
    assert texts(paced) == ["One", "One more", "Two"]


def test_a_text_with_an_end_ends_in_time_while_it_waits(paced: World) -> None:
    pace(paced, gap_seconds=LONG_GAP)
    paced.settled(text(paced, "One"))
    soon = datetime.fromtimestamp(time.time() + 15).astimezone()
    late = text(paced, "Two", valid_until=soon.isoformat())
    job = paced.settled(late, "failed")
    assert job["error"]["code"] == "too_late"
    assert texts(paced) == ["One"]


def test_wrong_rules_and_texts_that_never_fit_are_refused_with_a_sentence(paced: World) -> None:
    path = f"/v1/connections/{account(paced)}"
    wrong = paced.call("PATCH", path, json={"pacing": {"parts_per_hour": "many", "per": "moon"}})
    assert wrong.status_code == 422
    assert set(wrong.json()["errors"]) == {"pacing.parts_per_hour", "pacing.per"}
    assert paced.call("PATCH", path, json={"pacing": {"parts": 1}}).status_code == 422
    pace(paced, parts_per_day=2)
    refused = paced.send(message="a" * 400)
    assert refused.status_code == 422
    assert "3 parts" in refused.json()["errors"]["message"][0]
    assert "allows 2 parts in 24 hours" in refused.json()["message"]


def test_an_account_is_connected_with_its_pacing(world: World) -> None:
    base = f"{world.stack.sandbox.url}/pairfon"
    given = {"provider": "pairfon", "api_key": world.pairfon_key, "base_url": base}
    refused = world.post("/v1/connections", **given, pacing={"gap_seconds": -1})
    assert refused.status_code == 422
    assert world.get("/v1/connections")["data"] == []
    made = world.post("/v1/connections", **given, pacing={"gap_seconds": 5, "per": "sim"})
    assert made.status_code == 201
    kept = world.get(f"/v1/connections/{made.json()['id']}")["pacing"]
    assert made.json()["pacing"] == kept
    assert {name: value for name, value in kept.items() if value} == {
        "gap_seconds": 5,
        "per": "sim",
    }


def test_the_command_line_shows_and_changes_the_pacing(stack: Stack, paced: World) -> None:
    words = ("connections", "pace", account(paced), "--workspace", paced.name)
    assert run(stack, *words).stdout == "It has no pacing.\n"
    assert told(stack, *words, "--gap-seconds", "7", "--per", "sim")["gap_seconds"] == 7
    assert told(stack, *words, "--parts-per-hour", "9", "--gap-seconds", "0")["gap_seconds"] is None
    assert "from 1 to 1000000" in run(stack, *words, "--parts-per-hour", "-1", code=1).stderr
    assert run(stack, *words, "--off").stdout == "It has no pacing.\n"


@pytest.mark.timeout(300)
def test_counts_outlive_a_killed_store_and_a_killed_worker(
    rough: Stack, rough_world: World
) -> None:
    pace(rough_world, parts_per_day=3)
    for number in range(2):
        rough_world.settled(text(rough_world, f"Text {number}"))
    # It dies between the budget's taking and the provider's answer.
    rough_world.fault("hang", SEND, seconds=600)
    lost = text(rough_world, "Text 2")
    until(lambda: rough_world.job(lost)["status"] == "sending", "the call to begin")
    rough.kill("worker")
    rough.kill("redis")
    rough.start("redis")
    rough.start("worker")
    until(rough.is_ready, "the service ready")
    last = text(rough_world, "Text 3")
    assert waits(rough_world, last)["rule"] == "parts_per_day"
    rough_world.proved(lost, "sent", "delivered", "queued", "unknown")
    assert "Text 3" not in texts(rough_world)
    change(rough_world, {"pacing": None})
    rough_world.proved(last)
    rough_world.proved(lost)
    assert sorted(texts(rough_world)) == [f"Text {number}" for number in range(4)]
