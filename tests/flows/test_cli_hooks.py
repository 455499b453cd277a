"""`hookline hooks`: what the console does with hooks, as tables for people or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration.delivery.retry_schedule import DELAYS
from integration.store import keys
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World
from tests.flows.test_cli import run, told

FAR = 10**14
"""A time (ms) that does not come."""
TARGET = "http://127.0.0.1:9/hook"


@pytest.fixture
def target() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def hooked(world: World, url: str = TARGET, **more: str) -> str:
    made = world.post("/v1/hooks", trigger="inbound-sms", target_url=url, **more)
    return str(made.json()["id"])


def words(stack: Stack, world: World, verb: str, *more: str) -> list[str]:
    """The words of each line that the command prints, in a table or not."""
    lines = run(
        stack, "hooks", verb, *more, "--table", "--workspace", world.name
    ).stdout.splitlines()
    return [" ".join(line.split()) for line in lines]


def as_json(stack: Stack, world: World, verb: str, *more: str) -> Any:
    return told(stack, "hooks", verb, *more, "--workspace", world.name)


def put_off(world: World, hook: str) -> str:
    """A delivery that failed; its last try comes far beyond the time that a command takes on a
    busy machine."""
    world.inject("Hello")
    listed = f"/v1/hooks/{hook}/deliveries"
    [owed] = until(lambda: world.get(listed)["data"], "the delivery")
    delivery = str(owed["id"])
    until(lambda: world.get(f"/v1/deliveries/{delivery}")["attempts"], "the attempt in the log")
    with world.stack.db.pipeline(transaction=True) as pipe:
        pipe.hset(keys.delivery(delivery), "tries", len(DELAYS))
        pipe.zadd(keys.hook_due(hook), {delivery: FAR})
        pipe.execute()
    return delivery


def test_hooks_are_listed_shown_edited_and_paused(stack: Stack, world: World) -> None:
    hook = hooked(world, description="Orders")
    head, line = words(stack, world, "list", "--q", "orders")
    assert head == "STATE ID NAME LAST 24 HOURS WAITING LAST ANSWER TARGET URL"
    assert line == f"new {hook} Orders - - - {TARGET}"
    assert words(stack, world, "list", "--state", "failing") == ["The list is empty."]
    assert "secret" not in as_json(stack, world, "show", hook)
    words(stack, world, "edit", hook, "--name", "Shop", "--filter", "sim_slot=SIM1")
    shown = world.get(f"/v1/hooks/{hook}")
    assert (shown["description"], shown["filters"]) == ("Shop", {"sim_slot": "SIM1"})
    wrong = run(stack, "hooks", "edit", hook, "--workspace", world.name, code=1)
    assert "Name what to change" in wrong.stderr
    assert any(each.startswith("State paused") for each in words(stack, world, "pause", hook))


def test_deliveries_are_tested_looked_into_sent_now_and_sent_again(
    stack: Stack, world: World, target: Listener
) -> None:
    world.connect_pairfon()
    hook = hooked(world, target.url)
    target.codes, target.said = [500] * 99, b"no such table"
    delivery = put_off(world, hook)
    path = f"/v1/deliveries/{delivery}"
    assert words(stack, world, "send-now", hook) == ["1 are tried now."]
    until(lambda: world.get(path)["status"] == "dead", "the end in the log")
    target.codes = []
    assert "no such table" in words(stack, world, "delivery", delivery)
    [listed] = as_json(stack, world, "deliveries", hook, "--status", "dead")
    assert listed["id"] == delivery
    counted = words(stack, world, "replay", hook, "--failed", "--dry-run")
    assert counted == ["1 would be sent again."]
    assert words(stack, world, "replay", hook, "--failed") == ["1 are sent again."]
    until(lambda: world.get(path)["status"] == "delivered", "it was taken")
    [line] = words(stack, world, "list")[1:]
    # Three, and more where the next try came before it was put off.
    tries = len(world.get(path)["attempts"])
    assert tries >= 3
    assert line.startswith(f"working {hook} inbound-sms 1/{tries}")
    [tested] = words(stack, world, "test", hook)
    assert tested.endswith("Delivered.")
