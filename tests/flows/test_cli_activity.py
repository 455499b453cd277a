"""`hookline activity` and `hookline tail`, as a person uses them."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from subprocess import PIPE

from integration.accounts import api_keys
from integration.accounts.connections import Connection
from integration.services import Services
from proofs.rig.sandbox import ROOT, until
from proofs.rig.stack import World
from tests.delivery.drains import WORKSPACE, receive
from tests.flows.test_cli import run, told


def test_the_activity_is_listed_found_and_followed_to_its_way(world: World) -> None:
    place = ("--workspace", world.name)
    assert run(world.stack, "activity", *place).stdout == "Nothing fits.\n"
    world.connect_pairfon()
    world.inject("Is my table ready?")
    until(world.inbox, "the text")
    job = world.settled(world.send(phone="+12025550199", message="It is.").json()["id"])["id"]
    listed = run(world.stack, "activity", *place).stdout
    assert "Is my table ready?" in listed
    assert "It is." in listed
    lines = run(world.stack, "activity", "--q", "0123", "--json", *place).stdout.splitlines()
    [row] = map(json.loads, lines)
    assert (row["direction"], row["message"]) == ("in", "Is my table ready?")
    way = told(world.stack, "activity", row["id"], *place)
    assert way["row"]["id"] == row["id"]
    assert way["channels"]
    assert told(world.stack, "activity", job, *place)["job"]["id"] == job
    refused = run(world.stack, "activity", "--direction", "up", *place, code=1).stderr
    assert "There is no direction up" in refused


def test_the_feed_is_followed_until_somebody_ends_it(world: World) -> None:
    world.connect_pairfon()
    world.inject("Before")
    until(world.inbox, "the text")
    command = [sys.executable, "-m", "integration.cli", "tail", "--json", "--direction", "in"]
    following = subprocess.Popen(
        [*command, "--workspace", world.name],
        cwd=ROOT,
        env=world.stack.environment(),
        stdout=subprocess.PIPE,
        text=True,
        # A shell that starts the tests in the background has them ignore it, and so their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert following.stdout
    try:
        # What comes while it starts is before its beginning; so texts come until one is shown.
        numbers = iter(range(1_000))
        until(lambda: world.inject(f"New {next(numbers)}") and _has_line(following), "a line")
        shown = json.loads(following.stdout.readline())
    finally:
        following.send_signal(signal.SIGINT)
        assert following.wait(60) == 0
        following.stdout.close()
    assert shown["message"].startswith("New ")


def test_the_feed_goes_on_after_the_store_was_away(own: Services, connection: Connection) -> None:
    command = [sys.executable, "-u", "-m", "integration.cli", "tail", "--workspace", WORKSPACE]
    settings = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": own.settings.secret_key}
    pid = int(own.db.info("server")["process_id"])
    api_keys.create(own.db, WORKSPACE, "tests")
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=PIPE, stderr=PIPE, text=True
    ) as following:
        shown, said = following.stdout, following.stderr
        assert shown
        assert said
        texts = (f"Text {number}" for number in range(10_000))
        until(lambda: receive(own, connection, next(texts)) and _has_line(following), "a line")
        os.kill(pid, signal.SIGSTOP)
        try:
            sentence = said.readline()
        finally:
            os.kill(pid, signal.SIGCONT)
        assert sentence == "The store cannot be reached; this goes on when it can.\n"
        receive(own, connection, "Back again")
        until(lambda: "Back again" in shown.readline(), "the text after it was back")
        following.kill()


def _has_line(process: subprocess.Popen[str]) -> bool:
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], 0.5)
    return bool(ready)


def test_no_text_moves_the_cursor_of_a_terminal(world: World) -> None:
    world.connect_pairfon()
    world.inject("Hi\x1b[2J\u202eevil\x9b2J")
    until(world.inbox, "the text")
    shown = run(world.stack, "activity", "--workspace", world.name).stdout
    assert "Hi\\u001b[2J\\u202eevil\\u009b2J" in shown
    assert not {*shown} & {"\x1b", "\x9b", "\u202e"}
