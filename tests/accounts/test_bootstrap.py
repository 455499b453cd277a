"""What the environment promises is kept; a shell that lacks it takes nothing away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration.accounts import api_keys, bootstrap, connections
from integration.cli import main
from integration.services import Services


def names(own: Services) -> list[str]:
    return [each["prefix"] for each in api_keys.listed(own.db, bootstrap.DEFAULT)]


def promising(own: Services, **settings: str) -> Services:
    return replace(own, settings=replace(own.settings, **settings))


def test_a_changed_key_of_the_environment_replaces_the_one_before(own: Services) -> None:
    api_keys.create(own.db, bootstrap.DEFAULT, "Made by hand")
    before = names(own)
    bootstrap.ensure(promising(own, hookline_api_key="one-key-of-the-environment"))
    bootstrap.ensure(promising(own, hookline_api_key="two-key-of-the-environment"))
    assert sorted(names(own)) == sorted([*before, "two-key…"])


def test_a_command_from_a_shell_with_fewer_settings_forgets_no_connection(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.ensure(promising(own, pairfon_api_key="pf_of_the_environment"))
    with_less = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": own.settings.secret_key}
    monkeypatch.setattr("os.environ", with_less)
    assert main.main(["keys", "list"]) == 0
    found = connections.listed(own, bootstrap.DEFAULT)
    assert [each.id for each in found] == ["conn_pairfon"]
