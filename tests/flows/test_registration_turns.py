"""The turns of the registration: what they find in the provider's list, and what they do then."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from integration.accounts import connections
from integration.accounts.provider_limit import Permits
from integration.inbound import webhook_registration
from integration.kernel.errors import ProviderUnavailable
from integration.kernel.specs import Limit
from integration.store import clock
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink, ingress_url
from proofs.rig.stack import World
from tests.flows.registering import FOREIGN, stand_still, upstream


class Turning:
    """Turns of the registration, as the scheduler makes them."""

    def __init__(self, world: World) -> None:
        self.world, self.own = world, world.stack.services

    def pass_time(self, seconds: int, step: int = 5) -> None:
        for _ in range(0, seconds, step):
            self.world.stack.pass_time(step)
            self.turn()

    def turn(self) -> None:
        clock.agree(self.own.db)
        for each in connections.listed(self.own, self.world.name):
            webhook_registration.turn(self.own, each)

    def webhook(self) -> dict[str, Any]:
        [found] = self.world.get("/v1/connections")["data"]
        return dict(found["webhook"] or {})

    def is_shown(self, state: str) -> dict[str, Any]:
        """What the connection shows once it is in this state. A call that makes a hook leaves the
        registration behind it where that takes long."""

        def found() -> dict[str, Any] | None:
            shown = self.webhook()
            return shown if shown.get("state") == state else None

        return dict(until(found, f"the registration {state}"))

    def calls(self) -> int:
        found = self.world.control("GET", "calls")["calls"]
        return len([each for each in found if "/webhooks/" in each["call"]])


@pytest.fixture
def turning(occupied: World) -> Iterator[Turning]:
    """The scheduler stands still; a test makes its turns, and passes the time between them."""
    stand_still(occupied)
    yield Turning(occupied)
    occupied.stack.resume("scheduler")
    clock.forget()


def test_an_entry_that_somebody_removed_is_back_within_a_minute(
    turning: Turning, sink: Sink
) -> None:
    world = turning.world
    Hooked(world, sink)
    turning.is_shown("registered")
    path, body = "/pairfon/webhooks/inbound-sms", {"webhooks": FOREIGN}
    world.stack.sandbox.call("PUT", path, world.pairfon_key, json=body)
    turning.pass_time(60)
    assert upstream(world) == [*FOREIGN, {"url": ingress_url(world), "active": True}]


def test_an_entry_that_the_user_switched_off_stays_off_and_is_shown(
    turning: Turning, sink: Sink
) -> None:
    world = turning.world
    Hooked(world, sink)
    turning.is_shown("registered")
    off = [{"url": ingress_url(world), "active": False}, *FOREIGN]
    path, body = "/pairfon/webhooks/inbound-sms", {"webhooks": off}
    world.stack.sandbox.call("PUT", path, world.pairfon_key, json=body)
    turning.pass_time(120)
    assert upstream(world) == off
    assert turning.webhook()["state"] == "inactive"
    assert "switched off" in turning.webhook()["detail"]


def test_a_provider_that_writes_our_address_a_little_differently_gets_it_once(
    turning: Turning, sink: Sink
) -> None:
    world = turning.world
    Hooked(world, sink)
    turning.is_shown("registered")
    entry = {"url": ingress_url(world).replace("http://", "HTTP://") + "/", "active": True}
    path, body = "/pairfon/webhooks/inbound-sms", {"webhooks": [entry, *FOREIGN]}
    world.stack.sandbox.call("PUT", path, world.pairfon_key, json=body)
    turning.pass_time(120)
    assert upstream(world) == [entry, *FOREIGN]
    assert turning.webhook()["state"] == "registered"


def test_a_list_that_drops_us_gets_few_calls_and_shows_since_when(
    turning: Turning, sink: Sink
) -> None:
    world = turning.world
    world.control("PUT", "settings", {"webhooks_drop": "/ingress/"})
    before = turning.calls()
    Hooked(world, sink)
    first = turning.is_shown("not-kept")
    turning.pass_time(120)
    assert 4 <= turning.calls() - before <= 8
    assert turning.webhook() == first
    turning.pass_time(3600, 60)
    assert turning.calls() - before <= 8 + 2 * 7
    world.control("PUT", "settings", {"webhooks_drop": ""})
    turning.pass_time(1800, 60)
    assert turning.webhook()["state"] == "registered"
    assert upstream(world)[:2] == FOREIGN


def test_a_refused_key_is_named_where_the_provider_was_busy_at_first(
    turning: Turning, sink: Sink
) -> None:
    world = turning.world
    Hooked(world, sink)
    turning.is_shown("registered")
    world.control("POST", "faults", {"kind": "status", "code": 429, "times": 1})
    turning.pass_time(60)
    busy = turning.webhook()
    assert (busy["state"], "slow down" in busy["detail"]) == ("failing", True)
    world.control("PUT", "settings", {"revoked": True})
    turning.pass_time(120)
    assert "API key" in (refused := turning.webhook())["detail"]
    assert (refused["state"], refused["since"]) == ("failing", busy["since"])


def test_a_refused_key_keeps_its_first_cause_and_is_seldom_tried(
    turning: Turning, sink: Sink
) -> None:
    world = turning.world
    Hooked(world, sink)
    turning.is_shown("registered")
    world.control("PUT", "settings", {"revoked": True})
    before = turning.calls()
    turning.pass_time(50)
    first = turning.webhook()
    assert first["state"] == "failing"
    assert "API key" in first["detail"]
    # Later its limit is used up as well; the user has to mend the key.
    [connection] = connections.listed(turning.own, world.name)
    permits = Permits(turning.own.db, connection.id, Limit(requests=1, seconds=600))
    with contextlib.suppress(ProviderUnavailable):
        for _ in range(200):
            permits.take()
    turning.pass_time(120)
    assert turning.webhook() == first
    assert turning.calls() - before <= 8
    world.control("PUT", "settings", {"revoked": False})
    turning.pass_time(2400, 60)
    assert turning.webhook()["state"] == "registered"
