"""The command line, as a person uses it: a process, its output, its exit code."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from integration.kernel.times import parse_strict
from integration.store import keys
from proofs.rig.sink import Sink
from proofs.rig.stack import NEXT_YEAR, Stack, World
from tests.flows.command_line import hookline

SCHEDULED = f"{NEXT_YEAR}T09:00:00Z"


def run(stack: Stack, *words: str, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    return hookline(words, stack.environment() | env, code=code)


def told(stack: Stack, *words: str) -> Any:
    return json.loads(run(stack, *words).stdout)


def test_a_workspace_begins_with_its_first_key(stack: Stack, world: World) -> None:
    name = f"{world.name}-new"
    made = told(stack, "workspaces", "create", name)
    world.key = made["key"]
    assert world.get("/v1/me")["workspace"] == name
    assert name in told(stack, "workspaces", "list")
    again = run(stack, "workspaces", "create", name, code=1)
    assert again.stderr == f"There is a workspace called {name} already.\n"


def test_keys_are_made_listed_and_revoked(stack: Stack, world: World) -> None:
    place = ("--workspace", world.name)
    made = told(stack, "keys", "create", "Zapier", "--scopes", "read,act", *place)
    assert made["scopes"] == ["read", "act"]
    rotated = told(stack, "keys", "rotate", made["id"], *place)
    assert rotated["scopes"] == ["read", "act"]
    run(stack, "keys", "revoke", rotated["id"], *place)
    listed = told(stack, "keys", "list", *place)
    assert [each["name"] for each in listed] == ["tests", "Zapier"]
    assert made["key"] not in str(listed)
    assert run(stack, "keys", "revoke", made["id"], *place).stdout == "Revoked.\n"
    assert "no API key with this id" in run(stack, "keys", "revoke", "key_0", code=1).stderr
    assert (
        "read, texts, act, hooks, admin"
        in run(stack, "keys", "create", "x", "--scopes", "r", code=1).stderr
    )


@pytest.mark.parametrize("option", ["--scopes", "--expires-at"])
def test_an_empty_variable_of_a_shell_gives_no_key_more_than_it_was_to_have(
    stack: Stack, world: World, option: str
) -> None:
    place = ("--workspace", world.name)
    ended = run(stack, "keys", "create", "Zapier", option, "", *place, code=1)
    assert ended.stderr.startswith(f"{option} is empty; give a value")
    assert [each["name"] for each in told(stack, "keys", "list", *place)] == ["tests"]


def test_connections_are_listed_tested_and_deleted(stack: Stack, world: World) -> None:
    connection, place = world.connect_cloud(), ("--workspace", world.name)
    [listed] = told(stack, "connections", "list", *place)
    assert listed["id"] == connection
    assert world.cloud_key not in str(listed)
    assert told(stack, "connections", "test", connection, *place)["health"] == "ok"
    world.control("PUT", "settings", {"revoked": True}, world.cloud_key)
    assert told(stack, "connections", "test", connection, *place)["health"] == "failing"
    assert run(stack, "connections", "delete", connection, *place).stdout == "Deleted.\n"
    assert (
        "no connection with this id"
        in run(stack, "connections", "delete", connection, *place, code=1).stderr
    )


def test_hooks_are_listed_looked_into_resumed_and_deleted(stack: Stack, world: World) -> None:
    world.connect_pairfon()
    target, place = f"{stack.sandbox.url}/healthz", ("--workspace", world.name)
    hook = world.post("/v1/hooks", target_url=target, trigger="inbound-sms").json()
    [listed] = told(stack, "hooks", "list", *place)
    assert listed["id"] == hook["id"]
    assert hook["secret"] not in str(listed)
    assert told(stack, "hooks", "deliveries", hook["id"], *place) == []
    assert told(stack, "hooks", "resume", hook["id"], *place)["status"] == "active"
    assert run(stack, "hooks", "delete", hook["id"], *place).stdout == "Deleted.\n"
    assert told(stack, "hooks", "list", *place) == []


def test_jobs_are_listed_shown_cancelled_and_retried(stack: Stack, world: World) -> None:
    world.connect_pairfon()
    job, place = world.send(schedule_at=SCHEDULED).json()["id"], ("--workspace", world.name)
    sent = world.send(wait=20).json()["id"]
    assert [each["id"] for each in told(stack, "jobs", "list", *place)] == [sent, job]
    assert [each["id"] for each in told(stack, "jobs", "list", "--limit", "1", *place)] == [sent]
    found = told(stack, "jobs", "list", "--status", "scheduled", "--limit", "1", *place)
    assert [each["id"] for each in found] == [job]
    assert told(stack, "jobs", "show", sent, *place)["provider_id"]
    assert told(stack, "jobs", "cancel", job, *place)["status"] == "cancelled"
    assert told(stack, "jobs", "retry", job, *place)["status"] == "scheduled"
    assert "This job is " in run(stack, "jobs", "retry", sent, *place, code=1).stderr
    assert "no job with this id" in run(stack, "jobs", "show", job, code=1).stderr


def test_release_prints_a_first_key_once(stack: Stack, world: World) -> None:
    first = run(stack, "release").stdout
    assert first.startswith("The store is ready.")
    assert run(stack, "release").stdout == "The store is ready.\n"


@pytest.mark.parametrize("words", [[], ["keys"], ["keys", "eat"], ["jobs", "list", "--limit", "x"]])
def test_a_wrong_command_is_answered_with_the_right_ones(stack: Stack, words: list[str]) -> None:
    said = run(stack, *words, code=2).stderr
    assert said.startswith("usage: hookline")
    assert f"See `{' '.join(['hookline', *words[:1]])}" in said
    assert said.endswith(" --help`.\n")


def test_a_store_that_is_away_is_reported_in_one_line(stack: Stack) -> None:
    ended = run(stack, "keys", "list", code=1, REDIS_URL="redis://127.0.0.1:9/0")
    assert ended.stderr == (
        "REDIS_URL names a server that does not listen there; start it, or correct host and port.\n"
    )


def test_a_store_that_refuses_a_command_is_not_said_to_be_away(stack: Stack, world: World) -> None:
    stack.db.set(keys.workspace_connections("refusing"), "no sorted set")
    ended = run(stack, "connections", "list", "--workspace", "refusing", code=1)
    assert ended.stderr.startswith("The store refused a command (ResponseError WRONGTYPE): a key")
    stack.db.delete(keys.workspace_connections("refusing"))


def test_another_secret_key_is_reported_with_its_mend(stack: Stack, world: World) -> None:
    connection, place = world.connect_pairfon(), ("--workspace", world.name)
    for words in (
        ("list",),
        *((verb, connection) for verb in ("show", "test", "pace", "delete", "remove")),
    ):
        ended = run(stack, "connections", *words, *place, code=1, SECRET_KEY="k" * 32)
        assert ended.stderr.startswith("SECRET_KEY is not the one"), words
    assert told(stack, "connections", "show", connection, *place)["id"] == connection


def test_hooks_under_another_secret_key_are_not_said_to_be_gone(
    stack: Stack, world: World, sink: Sink
) -> None:
    hook = world.post("/v1/hooks", target_url=sink.url(), trigger="inbound-sms").json()["id"]
    place = ("--workspace", world.name)
    verbs = ("show", "pause", "resume", "test", "deliveries", "delete")
    for words in (("list",), *((verb, hook) for verb in verbs)):
        ended = run(stack, "hooks", *words, *place, code=1, SECRET_KEY="k" * 32)
        assert ended.stderr.startswith("SECRET_KEY is not the one"), words
    assert told(stack, "hooks", "show", hook, *place)["status"] == "active"


def test_texts_of_unknown_outcome_are_listed_closed_and_sent_again(
    stack: Stack, world: World
) -> None:
    world.connect_cloud()
    place, lost = ("--workspace", world.name), []
    for _ in range(2):
        world.fault("cut_after", "POST /http/sms/send", key=world.cloud_key)
        lost.append(world.send(wait=20).json()["id"])
    listed = told(stack, "unknown", "list", "--json", *place)
    shown = run(stack, "unknown", "list", "--table", *place).stdout
    assert all(each["id"] in shown and each["look_for"] in shown for each in listed)
    # Newest first; two web processes may disagree on the time by up to a second.
    times = [parse_strict(each["created_at"]) for each in listed]
    assert (sorted(each["id"] for each in listed), times) == (sorted(lost), sorted(times)[::-1])
    assert "+14155550123 between" in listed[0]["look_for"]
    assert told(stack, "unknown", "close", lost[0], *place)["status"] == "sent"
    assert "the command line" in world.job(lost[0])["attempts"][-1]["detail"]
    wrong = run(stack, "unknown", "retry", lost[0], *place, code=1)
    assert "The outcome of this job is known" in wrong.stderr
    told(stack, "unknown", "retry", lost[1], *place)
    world.settled(lost[1])
    assert told(stack, "unknown", "list", *place) == []
    audited = told(stack, "audit", "list", *place, "--limit", "2")
    assert [each["action"] for each in audited] == ["job.sent-again", "job.closed"]
