"""How a drain leases deliveries, in a fan-out as in a claim, and how many (take_lease.lua)."""

from __future__ import annotations

from typing import TypedDict

from integration.delivery.records import DrainCapacity
from integration.store import keys, lifetimes
from integration.store.clock import now_ms
from integration.store.script import Slot

PER_HOOK, PER_HOST = 16, 50
"""How many deliveries are in flight at most, over all drains, for one hook and for one host.

A target that hangs holds its share and no more."""


class Leasing(TypedDict):
    """Names that FAN_OUT and DRAIN_STEP share."""

    leased: Slot
    busy: Slot
    drains: Slot
    hooks_due: Slot
    fanout_owed: Slot
    broken: Slot
    token: str
    room: int
    per_hook: int
    per_host: int
    now: int
    ttl: int


def leasing(capacity: DrainCapacity) -> Leasing:
    return Leasing(
        leased=keys.DELIVERIES_LEASED,
        busy=keys.DELIVERIES_BUSY,
        drains=keys.DRAINS,
        hooks_due=keys.HOOKS_DUE,
        fanout_owed=keys.FANOUT_OWED,
        broken=keys.BROKEN,
        token=capacity.token,
        room=capacity.room,
        per_hook=PER_HOOK,
        per_host=PER_HOST,
        now=now_ms(),
        ttl=lifetimes.DELIVERY_SECONDS,
    )
