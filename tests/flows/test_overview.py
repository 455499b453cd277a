"""The overview: all that is wrong, since when, and what to do, over HTTP and in a terminal."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from integration.kernel.times import parse_strict
from integration.store import keys
from proofs.rig.receiver import Reply
from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import Stack, World
from tests.flows.test_cli import run


def lines(world: World) -> dict[str, dict[str, Any]]:
    """By what each is about."""
    return {each["about"]: each for each in world.get("/v1/overview")["lines"]}


def overview(world: World, *, ok: bool) -> dict[str, Any] | None:
    """The verdict, once it is so."""
    found: dict[str, Any] = world.get("/v1/overview")
    return found if found["ok"] is ok else None


def test_where_nothing_is_wrong_it_says_so(stack: Stack, world: World) -> None:
    world.connect_pairfon()
    # A machine that has just stood still is said to lack its processes.
    found = until(lambda: overview(world, ok=True), "the verdict")
    assert (found["message"], found["lines"]) == ("Everything is running.", [])
    said = run(stack, "status", "--workspace", world.name).stdout
    assert said.splitlines()[0] == "Everything is running."


def test_a_hook_that_fails_is_named_with_its_cause(world: World, sink: Sink, stack: Stack) -> None:
    world.connect_pairfon()
    target = sink.url("/broken")
    sink.plan("/broken", *[Reply(status=500)] * 50)
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=target, description="Orders")
    world.inject("Nobody takes this")
    until(lambda: "hook" in lines(world), "the failing hook in the verdict")
    found = lines(world)["hook"]
    assert (found["tone"], found["name"], found["id"]) == ("bad", "Orders", hook.json()["id"])
    assert "500" in found["detail"]
    assert found["since"]
    assert world.get("/v1/overview")["message"] == "One thing needs you."
    said = run(stack, "status", "--workspace", world.name, code=1).stdout
    [since] = re.findall(rf"^WRONG Orders \({found['id']}\) since (\S+): ", said, re.MULTILINE)
    # Two processes may disagree on the time by up to a second.
    assert abs(parse_strict(since) - parse_strict(found["since"])) < timedelta(seconds=2)


def test_a_hook_that_somebody_paused_is_no_alarm(world: World, sink: Sink) -> None:
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=sink.url("/x")).json()["id"]
    world.call("PATCH", f"/v1/hooks/{hook}", json={"status": "paused"})
    found = until(lambda: overview(world, ok=True), "the verdict")
    assert found["message"] == "Nothing is broken; some things are worth a look."
    assert found["lines"][0]["tone"] == "warn"


def test_a_refused_key_is_named_with_its_cause(world: World) -> None:
    connection = world.connect_cloud()
    world.control("PUT", "settings", {"revoked": True}, world.cloud_key)
    world.call("POST", f"/v1/connections/{connection}/test")
    found = lines(world)["connection"]
    assert (found["tone"], found["id"], found["name"]) == ("bad", connection, "Cloud Messaging")
    assert found["since"]


def test_unknown_texts_are_counted_however_many_jobs_came_since(world: World) -> None:
    world.connect_cloud()
    world.fault("cut_after", "POST /http/sms/send", key=world.cloud_key)
    lost = world.send(wait=20).json()
    assert lost["status"] == "unknown"
    found = lines(world)["unknown"]
    assert found["detail"] == "One text may or may not have been sent."
    assert found["since"] == lost["created_at"]
    world.post(f"/v1/jobs/{lost['id']}/close")
    assert "unknown" not in lines(world)


def test_a_missing_worker_is_wrong_in_every_workspace(world: World, stack: Stack) -> None:
    beat = keys.heartbeat("scheduler")
    stack.kill("scheduler")
    try:
        stack.db.delete(beat)
        found = until(lambda: lines(world).get("service"), "the missing scheduler")
        assert (found["tone"], found["name"]) == ("bad", "Scheduler")
        assert found["detail"] == "No scheduler has been seen lately; start one."
        assert found["do"] == "The Procfile's `scheduler` or `background` runs it."
    finally:
        stack.start("scheduler")
    until(stack.is_ready, "the scheduler back")


def timed(world: World) -> dict[str, Any] | None:
    """The overview once it has two deliveries, and how long each text took."""
    found: dict[str, Any] = world.get("/v1/overview")
    day = found["last_24_hours"]
    counts = [(day[each] or {}).get("count") for each in ("to_sent", "to_hook")]
    return found if (day["taken"], *counts) == (2, 1, 2) else None


def test_what_came_and_went_is_counted(world: World, sink: Sink, stack: Stack) -> None:
    world.connect_pairfon()
    world.post("/v1/hooks", trigger="inbound-sms", target_url=sink.url("/taken"))
    world.inject("One")
    world.inject("Two")
    sink.wait_for(2, "/taken")
    world.settled(world.send().json()["id"])
    world.fault("status", "POST /zapier/send-sms", code=400)
    world.settled(world.send(message="Refused").json()["id"], "failed")
    found = until(lambda: timed(world), "the deliveries, and how long all took")
    day = found["last_24_hours"]
    assert (day["in"], day["sent"], day["failed"], day["dead"]) == (2, 1, 1, 0)
    assert (len(found["hours"]), len(found["days"])) == (24, 30)
    assert sum(each["in"] for each in found["hours"]) == 2
    assert sum(each["sent"] for each in found["days"]) == 1
    assert lines(world)["failed"]["detail"] == "One text failed in the last 24 hours."
    assert "2 in, 1 sent," in run(stack, "status", "--workspace", world.name).stdout
