"""Connections and apps from the command line: added, shown, removed, as tables and as JSON."""

from __future__ import annotations

from hashlib import md5

import requests

from integration.kernel.times import parse_strict
from proofs.rig.stack import Stack, World
from tests.flows.command_line import hookline
from tests.flows.test_cli import run, told


def add(world: World, key: str, *more: str, code: int = 0) -> str:
    """Add a Pairfon account, its key on standard input; what the command wrote."""
    base = f"base_url={world.stack.sandbox.url}/pairfon"
    words = ("connections", "add", "pairfon", "--workspace", world.name, "--set", base, *more)
    ended = hookline(words, world.stack.environment(), typed=f"{key}\n", code=code)
    assert key not in ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def test_an_account_is_added_where_its_provider_takes_it(stack: Stack, world: World) -> None:
    place = ("--workspace", world.name)
    said = add(world, "wrong-key", code=1)
    # Other tests' wrong keys count as well: the provider may tell the address to slow down.
    assert said.startswith("Nothing is saved: Pairfon ")
    assert told(stack, "connections", "list", *place) == []
    assert '"health": "ok"' in add(world, world.pairfon_key, "--label", "Office")
    [listed] = told(stack, "connections", "list", *place)
    assert listed["label"] == "Office"
    shown = told(stack, "connections", "show", listed["id"], *place)
    assert [each["device_fingerprint"] for each in shown["seen"]["phones"]] == ["sandbox-phone-1"]
    assert run(stack, "connections", "remove", listed["id"], *place).stdout == "Deleted.\n"
    assert '"health": "failing"' in add(world, "wrong-key", "--keep-anyway")


def test_a_secret_that_is_not_required_is_read_from_standard_input_too(
    stack: Stack, world: World
) -> None:
    key = f"tw_{world.name}"
    account = f"AC{md5(key.encode(), usedforsecurity=False).hexdigest()}"
    place = f"{stack.sandbox.url}/twilio/2010-04-01"
    words = ("connections", "add", "twilio", "--workspace", world.name)
    more = ("--set", f"account_sid={account}", "--set", f"base_url={place}", "--set", "auth_token")
    made = hookline((*words, *more), stack.environment(), typed=f"{key}\n", code=0)
    assert '"health": "ok"' in made.stdout
    assert key not in made.stdout + made.stderr


def test_lists_are_tables_where_they_are_asked_for(stack: Stack, world: World) -> None:
    words = ("connections", "list", "--table", "--workspace", world.name)
    assert run(stack, *words).stdout == "The list is empty.\n"
    made = world.connect_pairfon(label="Office")
    head, row = run(stack, *words).stdout.splitlines()
    assert head.split()[:4] == ["ID", "LABEL", "PROVIDER", "HEALTH"]
    assert row.split() == [made, "Office", "pairfon", "ok", "-", "-"]
    assert head.index("LABEL") == row.index("Office")


def test_apps_show_their_first_call(stack: Stack, world: World) -> None:
    place = ("--workspace", world.name)
    made = told(stack, "keys", "create", "Zap", "--platform", "zapier", *place)
    before = {each["key"]: each["first_call_at"] for each in told(stack, "apps", "list", *place)}
    assert before["zapier"] is None
    headers = {"X-API-Key": made["key"]}
    assert requests.get(f"{stack.url}/v1/me", headers=headers, timeout=90).ok
    after = {each["key"]: each["first_call_at"] for each in told(stack, "apps", "list", *place)}
    assert parse_strict(after["zapier"]) > parse_strict(made["created_at"])
    assert after["make"] is None
