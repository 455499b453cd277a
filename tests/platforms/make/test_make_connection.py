"""Connecting: the account's name where it works, and a sentence that helps where it does not."""

from __future__ import annotations

import pytest

from proofs.rig.sink import Sink
from proofs.rig.stack import World
from tests.platforms.make.calls import Failure
from tests.platforms.make.runtime import Make


def test_a_connection_is_named_after_its_accounts(make: Make, world: World) -> None:
    world.connect_pairfon(label="Amy's Phones")
    made = make.connect(baseUrl=world.stack.url, apiKey=world.key)
    assert made.label.endswith("Amy's Phones")
    assert made.data == {"baseUrl": world.stack.url, "apiKey": world.key}


def test_a_slash_at_the_end_of_the_server_url_does_no_harm(make: Make, world: World) -> None:
    world.connect_pairfon()
    made = make.connect(baseUrl=world.stack.url + "/", apiKey=world.key)
    assert make.choices("listDevices", made)


def test_a_wrong_key_says_so(make: Make, world: World) -> None:
    with pytest.raises(Failure) as told:
        make.connect(baseUrl=world.stack.url, apiKey="hk_nobody")
    assert told.value.kind == "InvalidAccessTokenError"
    assert told.value.message.startswith("[401] ")
    assert "API key" in told.value.message


def test_another_server_is_not_taken_for_hookline(make: Make, world: World, sink: Sink) -> None:
    with pytest.raises(Failure) as told:
        make.connect(baseUrl=sink.url(""), apiKey=world.key)
    assert told.value.message.startswith("The server URL did not answer as Hookline does")


def test_a_page_that_answers_200_is_no_hookline_either(make: Make, world: World) -> None:
    with pytest.raises(Failure) as told:
        make.connect(baseUrl=f"{world.stack.url}/docs?", apiKey=world.key)
    assert told.value.kind == "InvalidConfigurationError"
    assert "did not answer as Hookline does" in told.value.message
