"""A SECRET_KEY that is wrong for a while costs a hook nothing: what it is owed waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from integration import services
from integration.accounts import api_keys
from integration.accounts.connections import Connection
from integration.app import create
from integration.delivery import drain_step
from integration.delivery.attempt import Poster
from integration.delivery.in_flight import LOCKED_SECONDS, InFlight
from integration.delivery.records import Ended, Room
from integration.hooks import subscriptions
from integration.services import Services
from integration.store import keys
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import TARGET, WORKSPACE, played, receive, subscribe, wait_over


@pytest.fixture
def strange(own: Services) -> Iterator[Services]:
    """A process whose SECRET_KEY is not the one that the hooks were stored under."""
    found = services.build(replace(own.settings, secret_key="fedcba9876543210" * 2))
    yield found
    found.db.close()


def begun(strange: Services) -> list[Ended]:
    """What becomes of due deliveries in such a process."""
    claimed = drain_step.result(drain_step.call("t", Room(100, 100)).run(strange.db)).claimed

    async def begin() -> list[Ended]:
        flight = InFlight(strange, Poster(allow_private=True))
        await flight.begin(claimed)
        return flight.ended

    return asyncio.run(begin())


def test_a_hook_is_owed_what_comes_meanwhile_and_gets_it_later(
    own: Services, strange: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    receive(own, connection, "a")
    assert fan_out_all(strange) == 1
    [ended] = begun(strange)
    assert ended.verdict.status == "queued"
    assert ended.verdict.asked == LOCKED_SECONDS
    assert "SECRET_KEY" in ended.attempt.detail
    assert played(own, "t", [ended]) == []
    wait_over(own, hook)
    [again] = played(own, "u")
    assert (again.id, again.tries) == (ended.claimed.id, ended.claimed.tries)


def test_nobody_sees_or_changes_a_hook_that_cannot_be_opened(
    own: Services, strange: Services
) -> None:
    hook = subscribe(own)
    assert subscriptions.listed(strange, WORKSPACE) == []
    assert subscriptions.by_id(strange, hook.id) is None


def called(strange: Services, method: str, path: str, **query: str) -> TestResponse:
    strange.db.sadd(keys.WORKSPACES, WORKSPACE)
    key = api_keys.create(strange.db, WORKSPACE, "A key")[1]
    client = create(strange).test_client()
    headers = {"X-API-Key": key}
    return client.open(path, method=method, query_string=query, headers=headers)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_hook_that_cannot_be_opened_is_not_said_to_be_gone(
    own: Services, strange: Services, method: str
) -> None:
    path = f"/v1/hooks/{subscribe(own).id}"
    answer = called(strange, method, path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "SECRET_KEY" in answer.get_json()["message"]
    assert called(own, "GET", path).status_code == 200


def test_hooks_that_cannot_be_opened_are_not_left_out_of_the_list(
    own: Services, strange: Services
) -> None:
    hook = subscribe(own)
    assert called(strange, "GET", "/v1/hooks").status_code == 503
    assert [each["id"] for each in called(own, "GET", "/v1/hooks").get_json()["data"]] == [hook.id]


@pytest.mark.parametrize("connected", [True, False])
def test_a_hook_whose_seal_is_damaged_hides_no_other(
    own: Services, strange: Services, request: pytest.FixtureRequest, *, connected: bool
) -> None:
    if connected:
        request.getfixturevalue("connection")
    hooks = (
        [subscribe(strange)] if connected else [subscribe(strange), subscribe(own, f"{TARGET}/b")]
    )
    shown = called(own, "GET", "/v1/hooks")
    assert shown.status_code == 200
    assert [each["id"] for each in shown.get_json()["data"]] == [each.id for each in hooks[1:]]
    assert called(own, "GET", f"/v1/hooks/{hooks[0].id}").status_code == 404


def test_a_sealed_hook_of_another_workspace_is_not_found(own: Services, strange: Services) -> None:
    other, _ = subscriptions.subscribe(
        own, "other", trigger="inbound_sms", target_url=TARGET, filters={}
    )
    assert called(strange, "GET", f"/v1/hooks/{other.id}").status_code == 404


@pytest.mark.parametrize("damages", [{}, {"filters": "["}])
def test_a_hook_that_cannot_be_read_is_removed_by_its_id(
    own: Services, strange: Services, connection: Connection, damages: dict[str, str]
) -> None:
    hook = subscribe(own)
    receive(own, connection, "a")
    fan_out_all(own)
    own.db.hset(keys.hook(hook.id), mapping={"platform": "zapier", **damages})
    assert called(strange, "DELETE", f"/v1/hooks/{hook.id}").status_code == 200
    assert not own.db.exists(keys.hook(hook.id), keys.hooks(WORKSPACE), keys.hook_due(hook.id))


def test_a_hook_of_another_workspace_is_not_removed(own: Services, strange: Services) -> None:
    other, _ = subscriptions.subscribe(
        own, "other", trigger="inbound_sms", target_url=TARGET, filters={}
    )
    assert called(strange, "DELETE", f"/v1/hooks/{other.id}").status_code == 200
    assert subscriptions.by_id(own, other.id) == other


def test_a_target_that_nobody_can_look_for_is_not_said_to_be_gone(
    own: Services, strange: Services
) -> None:
    hook = subscribe(own)
    answer = called(strange, "DELETE", "/v1/hooks", target_url=TARGET)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "SECRET_KEY" in answer.get_json()["message"]
    assert subscriptions.by_id(own, hook.id)
    assert called(own, "DELETE", "/v1/hooks", target_url=TARGET).status_code == 200
    assert subscriptions.by_id(own, hook.id) is None


def test_a_hook_that_is_damaged_is_not_taken_for_a_sealed_one(
    own: Services, strange: Services
) -> None:
    hook = subscribe(own)
    own.db.hset(keys.hook(hook.id), "filters", "[")
    assert subscriptions.listed(strange, WORKSPACE, locked=True) == []
