"""A hook whose target cannot be posted to says so, and loses nothing until somebody changes it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from integration.accounts.connections import Connection
from integration.delivery import attempt, drain_step, hook_state, listing, standing
from integration.delivery.attempt import Poster
from integration.delivery.in_flight import LOCKED, InFlight
from integration.delivery.records import Ended, Room
from integration.hooks import subscriptions
from integration.outbound import addresses
from integration.services import Services
from integration.store import keys
from tests.delivery.drains import TARGET, WORKSPACE, claim, owe, played, subscribe

NOWHERE = "ftp://example.com/"


def begun(own: Services, token: str = "t") -> list[Ended]:
    """What becomes at once of the deliveries that are due."""
    claimed = drain_step.result(drain_step.call(token, Room(100, 100)).run(own.db)).claimed

    async def begin() -> list[Ended]:
        flight = InFlight(own, Poster(allow_private=True))
        await flight.begin(claimed)
        return flight.ended

    return asyncio.run(begin())


def test_a_hook_without_a_web_address_fails_everywhere_with_the_reason(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own, NOWHERE)
    owe(own, connection, 1)
    played(own, "t", begun(own), room=0)
    told = hook_state.one(own, subscriptions.get(own, WORKSPACE, hook.id))
    assert (told["state"], told["state_detail"]) == (standing.FAILING, attempt.NO_TARGET)
    assert told["last_day"]["failed"] == 1
    [trouble] = standing.troubles(own, WORKSPACE)
    assert (trouble.state, trouble.detail) == (standing.FAILING, attempt.NO_TARGET)


def test_what_it_is_owed_goes_to_the_address_that_it_is_given(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own, NOWHERE)
    owe(own, connection, 1)
    [one] = begun(own)
    played(own, "t", [one], room=0)
    [told] = listing.page(own, hook, 9)[0]
    assert told["state"] == "retrying"
    assert told["next_attempt_at"]
    subscriptions.change(own, hook, target_url=TARGET)
    own.db.zadd(keys.hook_due(hook.id), {one.claimed.id: 0})
    own.db.zadd(keys.HOOKS_DUE, {hook.id: 0})
    assert claim(own) == [one.claimed.id]


@pytest.mark.parametrize(
    ("target", "why"),
    [(NOWHERE, attempt.NO_TARGET), ("https://10.0.0.1/hook", addresses.NOT_PUBLIC)],
)
def test_a_hook_says_it_before_its_first_event(own: Services, target: str, why: str) -> None:
    strict = replace(own, settings=replace(own.settings, allow_private_targets=False))
    told = hook_state.one(strict, subscribe(own, target))
    assert (told["state"], told["state_detail"]) == (standing.FAILING, why)
    assert hook_state.one(strict, subscribe(own))["state"] == standing.NEW


def test_a_private_address_fails_only_where_it_is_refused(own: Services) -> None:
    open_to_all = replace(own, settings=replace(own.settings, allow_private_targets=True))
    hook = subscribe(own, "https://10.0.0.1/hook")
    assert hook_state.one(open_to_all, hook)["state"] == standing.NEW


def test_a_wait_that_no_target_asked_for_is_a_failure(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    locked = drain_step.ended(one, attempt.Attempt.postponed(LOCKED, 10.0))
    played(own, "t", [locked], room=0)
    [trouble] = standing.troubles(own, WORKSPACE)
    assert (trouble.state, trouble.detail) == (standing.FAILING, LOCKED)
