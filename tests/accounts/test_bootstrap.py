"""What the environment promises is kept; a shell that lacks it takes nothing away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration.accounts import api_keys, audit, bootstrap, connecting, connections
from integration.cli import main
from integration.services import Services


def names(own: Services) -> list[str]:
    return [each["prefix"] for each in api_keys.listed(own.db, bootstrap.DEFAULT)]


def promising(own: Services, **settings: Any) -> Services:
    return replace(own, settings=replace(own.settings, **settings))


def test_a_changed_key_of_the_environment_replaces_the_one_before(own: Services) -> None:
    api_keys.create(own.db, bootstrap.DEFAULT, "Made by hand")
    before = names(own)
    bootstrap.ensure(promising(own, hookline_api_key="one-key-of-the-environment"))
    bootstrap.ensure(promising(own, hookline_api_key="two-key-of-the-environment"))
    assert sorted(names(own)) == sorted([*before, "two-key…"])


def test_the_connections_of_the_environment_have_their_order_and_addresses(
    own: Services,
) -> None:
    accounts = {"cloud_messaging": {"api_key": "cm_mine"}, "pairfon": {"api_key": "pf_mine"}}
    sandbox = {"sandbox": True, "sandbox_url": "http://127.0.0.1:8001"}
    bootstrap.ensure(promising(own, providers=accounts, **sandbox))
    found = connections.listed(own, bootstrap.DEFAULT)
    assert {each.id: dict(each.settings) for each in found} == {
        "conn_pairfon": {"api_key": "pf_mine"},
        "conn_cloud_messaging": {"api_key": "cm_mine"},
        "conn_sandbox_pairfon": {
            "api_key": "pf_sandbox_demo",
            "base_url": "http://127.0.0.1:8001/pairfon",
        },
        "conn_sandbox_cloud_messaging": {
            "api_key": "cm_sandbox_demo",
            "base_url": "http://127.0.0.1:8001/cloud-messaging/api",
            "sender_id": "Hookline",
        },
    }
    assert [each.id for each in found] == [
        "conn_pairfon",
        "conn_cloud_messaging",
        "conn_sandbox_pairfon",
        "conn_sandbox_cloud_messaging",
    ]


def test_the_audit_list_says_what_the_environment_did(own: Services) -> None:
    account = {"pairfon": {"api_key": "pf_mine"}}
    first = promising(own, hookline_api_key="one-key-of-the-environment", providers=account)
    for _ in range(2):
        bootstrap.ensure(first)
    other = {"pairfon": {"api_key": "pf_other"}}
    bootstrap.ensure(promising(own, providers=other))
    bootstrap.ensure(promising(own, hookline_api_key="two-key-of-the-environment"))
    rows = audit.listed(own, bootstrap.DEFAULT, 10, 0)[0][::-1]
    assert {each["by"] for each in rows} == {"settings"}
    assert [(each["action"], each["detail"]) for each in rows] == [
        ("key.created", "HOOKLINE_API_KEY"),
        ("connection.created", "pairfon: Pairfon"),
        ("connection.changed", "pairfon: Pairfon"),
        ("key.revoked", ""),
        ("key.created", "HOOKLINE_API_KEY"),
        ("connection.deleted", "pairfon: Pairfon"),
    ]


def test_a_command_from_a_shell_with_fewer_settings_forgets_no_connection(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.ensure(promising(own, providers={"pairfon": {"api_key": "pf_of_the_environment"}}))
    with_less = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": own.settings.secret_key}
    monkeypatch.setattr("os.environ", with_less)
    assert main.main(["keys", "list"]) == 0
    found = connections.listed(own, bootstrap.DEFAULT)
    assert [each.id for each in found] == ["conn_pairfon"]


def test_an_account_of_the_environment_is_not_connected_a_second_time(own: Services) -> None:
    given = {"api_key": "pf_of_the_environment"}
    bootstrap.ensure(promising(own, providers={"pairfon": given}))
    usual = own.catalog.provider("pairfon").base_url
    wanted = connections.make(
        workspace="default",
        provider="pairfon",
        label="By hand",
        settings={**given, "base_url": f"{usual}/"},
    )
    found, made = connecting.connect(own, wanted)
    assert (found.id, made) == ("conn_pairfon", False)
