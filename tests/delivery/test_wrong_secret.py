"""A SECRET_KEY that is wrong for a while costs a hook nothing: what it is owed waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from integration import services
from integration.accounts.connections import Connection
from integration.delivery import drain_step
from integration.delivery.attempt import Poster
from integration.delivery.in_flight import LOCKED_SECONDS, InFlight
from integration.delivery.records import Ended, Room
from integration.hooks import subscriptions
from integration.services import Services
from integration.store import keys
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import WORKSPACE, played, receive, subscribe, wait_over


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


def test_a_hook_that_is_damaged_is_not_taken_for_a_sealed_one(
    own: Services, strange: Services
) -> None:
    hook = subscribe(own)
    own.db.hset(keys.hook(hook.id), "filters", "[")
    assert subscriptions.listed(strange, WORKSPACE, locked=True) == []
