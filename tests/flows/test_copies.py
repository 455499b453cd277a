"""A service goes back to a copy of itself: the command line, real processes, the provider's log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import APART, Stack, World
from tests.flows.command_line import hookline
from tests.flows.test_cli import run, told

NEW_KEY = "fedcba9876543210" * 2


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[World]:
    """A service of its own, which the test stops and empties."""
    stack = Stack(tmp_path)
    yield stack.workspace()
    stack.stop()


def is_well(stack: Stack) -> bool:
    return hookline(("doctor", "--json"), stack.environment()).returncode == 0


def texts(world: World) -> list[str]:
    return sorted(each["text"] for each in world.sends())


def test_a_service_that_goes_back_sends_nothing_twice_and_fires_nothing_again(
    alone: World, sink: Sink, tmp_path: Path
) -> None:
    stack, copy = alone.stack, str(tmp_path / "copy")
    alone.connect_pairfon()
    hooked = Hooked(alone, sink)
    alone.inject("before the copy")
    until(lambda: hooked.delivered(1), "the delivery recorded, so that it is not made again")
    stack.kill("worker")
    went = alone.send(message="sent after the copy").json()["id"]
    waits = alone.send(message="taken back after the copy").json()["id"]
    made = told(stack, "backup", copy)
    assert (made["jobs"], made["hooks"], made["connections"]) == (2, 1, 1)
    alone.call("DELETE", f"/v1/jobs/{waits}")
    stack.start("worker")
    alone.settled(went)
    assert "Stop all of its processes" in run(stack, "restore", copy, code=1).stderr
    for each in APART:
        stack.kill(each)
    stack.db.flushall()
    assert told(stack, "restore", copy)["asked_first"] == 2
    assert "--replace" in run(stack, "restore", copy, code=1).stderr
    stack.begin()
    assert "confirmed by the provider's history" in alone.proved(went)["message"]
    alone.proved(waits)
    assert texts(alone) == ["sent after the copy", "taken back after the copy"]
    alone.inject("after the copy")
    given = [json.loads(each.body)["message"] for each in sink.wait_for(2)]
    assert given == ["before the copy", "after the copy"]
    _under_a_new_key(alone, hooked)


def _under_a_new_key(world: World, hooked: Hooked) -> None:
    """SECRET_KEY changes, then a person is erased, and all is well."""
    stack, old = world.stack, world.stack.settings["SECRET_KEY"]
    until(lambda: hooked.delivered(1), "the delivery after the copy recorded")
    for each in APART:
        stack.kill(each)
    stack.settings |= {"SECRET_KEY": NEW_KEY, "OLD_SECRET_KEYS": old}
    stack.begin()
    world.inject("under both keys")
    until(lambda: hooked.delivered(2), "a delivery under both keys")
    rotated = told(stack, "rotate-secret-key")
    assert (rotated["unopened"], rotated["resealed"] > 0) == ([], True)
    stack.settings.pop("OLD_SECRET_KEYS")
    for each in APART:
        stack.kill(each)
    stack.begin()
    world.inject("under the new key")
    until(lambda: hooked.delivered(3), "a delivery under the new key")
    until(lambda: is_well(stack), "a service in which all is well")
    erased = told(stack, "erase", "+14155550123")
    assert (erased["jobs"], erased["jobs_left"]) == (2, 0)
    assert world.inbox() == []
    assert world.job(world.get("/v1/jobs")["data"][0]["id"])["input"] == {}
