"""How long the oldest delivery has been owed, as the metric and its alert tell it."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.hooks import subscriptions
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from integration.web.api import waiting
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import OTHER, WORKSPACE, receive, subscribe

HOUR = 3_600_000


def aged(own: Services, hook_id: str, age_ms: int) -> None:
    """Make what this hook is owed so old."""
    owed = keys.owed(WORKSPACE)
    for each in own.db.zrange(owed, 0, -1):
        if own.db.hget(keys.delivery(each), "hook") == hook_id:
            own.db.zadd(owed, {each: wall_ms() - age_ms})


@pytest.mark.parametrize("more", [0, waiting.STEP])
def test_what_a_paused_hook_is_owed_does_not_count(
    own: Services, connection: Connection, more: int
) -> None:
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    assert waiting.delivery_ms(own.db) == 0
    slow, still = subscribe(own), subscribe(own, OTHER)
    receive(own, connection, "a", "b", "c")
    fan_out_all(own)
    for number in range(more):
        own.db.hset(keys.delivery(f"dlv_{number}"), "hook", still.id)
        own.db.zadd(keys.owed(WORKSPACE), {f"dlv_{number}": wall_ms()})
    aged(own, slow.id, HOUR)
    aged(own, still.id, 9 * HOUR)
    assert 9 * HOUR <= waiting.delivery_ms(own.db) < 10 * HOUR
    still = subscriptions.change(own, still, status=subscriptions.PAUSED)
    assert HOUR <= waiting.delivery_ms(own.db) < 2 * HOUR
    subscriptions.change(own, slow, status=subscriptions.PAUSED)
    assert waiting.delivery_ms(own.db) == 0
    subscriptions.change(own, still, status=subscriptions.ACTIVE)
    assert waiting.delivery_ms(own.db) >= 9 * HOUR
