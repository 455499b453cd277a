"""The app is one that Zapier's own schema and runtime take, and connects as a user expects."""

from __future__ import annotations

import pytest

from proofs.rig.stack import World
from tests.platforms.zapier.zap import Runtime, Zap

NOT_THE_SERVER = "The Server URL must be the https address of your Hookline server"


def test_zapiers_schema_finds_no_error(runtime: Runtime) -> None:
    assert runtime.ask(command="schema") == {"results": []}
    assert runtime.ask(command="validate") == {"results": []}


def test_connecting_shows_whose_account_it_is_and_where(zap: Zap, world: World) -> None:
    world.connect_pairfon(label="Amy's Phones")
    me = zap.run("authentication.test")
    assert me["label"].endswith("Amy's Phones")
    label = zap.run("authentication.connectionLabel", inputData=me)
    assert label == f"{me['label']} ({world.stack.url.removeprefix('http://')})"


def test_a_key_that_is_not_known_asks_for_reconnecting(runtime: Runtime, world: World) -> None:
    stranger = Zap(runtime, world, api_key="hk_nobody")
    found = stranger.tried("authentication.test")
    assert found["error"] == "ExpiredAuthError"
    assert found["message"] == "This API key is not known here; it may have been revoked."


@pytest.mark.parametrize("ending", ["", "/", "//", "/v1", "/v1/", "  "])
def test_a_server_url_is_understood_however_it_was_pasted(
    runtime: Runtime, world: World, ending: str
) -> None:
    pasted = Zap(runtime, world, base_url=world.stack.url + ending)
    assert pasted.run("authentication.test")["workspace"] == world.name


@pytest.mark.parametrize(
    "address",
    [
        "",
        "not an address",
        "http://sms.example.com",
        "ftp://sms.example.com",
        "https://user:word@sms.example.com",
        "https://sms.example.com/?next=",
        "https://sms.example.com/#v1",
        "https://evil.example/#.sms.example.com",
        "javascript://sms.example.com",
    ],
)
def test_what_is_no_server_url_is_refused_before_the_key_leaves(
    runtime: Runtime, world: World, address: str
) -> None:
    found = Zap(runtime, world, base_url=address).tried("authentication.test")
    assert found["error"] == "AppError"
    assert found["message"].startswith(NOT_THE_SERVER)
