"""The drain's step: record what ended, and claim what is due, in one script call.

The claim comes after the fan-out (fanout.py) and before the attempt (in_flight.py). The record
comes after the attempt, and is the last that happens to a delivery.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Unpack

from integration.delivery.attempt import Attempt
from integration.delivery.fanout import BATCH, INBOXES, unfanned
from integration.delivery.leasing import Leasing, leasing
from integration.delivery.records import (
    Claimed,
    DrainCapacity,
    Ended,
    FannedOut,
    FanOut,
    NewDelivery,
    StepResult,
)
from integration.store import keys, lifetimes
from integration.store.client import raw
from integration.store.clock import now_ms
from integration.store.script import ScriptCall, script

LEASE_MS = 8_000
"""A drain that made no step for so long is dead, and its deliveries are given back."""
LOOK_AGAIN_MS = 100
"""When to claim again what waits for room, where no delivery in flight ends before that."""
PAUSE_AFTER_MS = 5 * lifetimes.DAY_MS


@script(
    "skip_damaged",
    "count_busy",
    "record_ended",
    "take_lease",
    "claim",
    "read_unfanned",
    "drain_step",
    makes=(
        *(keys.hook, keys.hook_due, keys.delivery, keys.host, keys.owed),
        *(keys.fanout_position, keys.inbox, keys.hooks_revision),
    ),
)
def DRAIN_STEP(
    *,
    lease_until: int,
    inboxes: int,
    entries: int,
    settled_ttl: int,
    pause_after: int,
    ended: bytes,
    **shared: Unpack[Leasing],
) -> None:
    """Record what ended, claim for so much room, and read what is not fanned out yet."""


def call(
    token: str, room: int, over: Sequence[Ended], entries: int = BATCH, lease_ms: int = LEASE_MS
) -> ScriptCall:
    """A step in which the drain may claim `room` deliveries, and reads `entries` of each inbox."""
    shared = leasing(DrainCapacity(token, room))
    now = shared["now"]
    return DRAIN_STEP(
        lease_until=now + lease_ms,
        inboxes=INBOXES if entries and room > 0 else 0,
        entries=entries,
        settled_ttl=lifetimes.SETTLED_DELIVERY_SECONDS,
        pause_after=PAUSE_AFTER_MS,
        # One argument for all: the client packs each by itself, which costs more.
        ended=raw(json.dumps([_entry(each, now) for each in over], ensure_ascii=False)),
        **shared,
    )


def ended(claimed: Claimed, attempt: Attempt) -> Ended:
    return Ended(claimed, attempt, attempt.verdict(claimed.tries + 1))


def _entry(over: Ended, now: int) -> list[Any]:
    """What record_ended.lua takes for one delivery."""
    claimed, attempt, verdict = over
    kept = attempt.kept()
    return [
        claimed.id,
        claimed.workspace,
        verdict.status,
        now + int(verdict.delay * 1000),
        claimed.tries + 1,
        f"{claimed.attempts},{kept}" if claimed.attempts else kept,
        -1 if attempt.final else attempt.status,
    ]


def result(reply: Any) -> StepResult:
    """What DRAIN_STEP returned."""
    rows, payloads, next_ms, inboxes = reply
    claimed = [
        Claimed(
            delivery_id,
            hook_id,
            revision,
            int(tries),
            workspace,
            attempts,
            payloads[place - 1] if place else "",
        )
        for delivery_id, hook_id, revision, tries, workspace, attempts, place in rows
    ]
    return StepResult(claimed, float(next_ms) if next_ms else None, list(map(unfanned, inboxes)))


def with_fan_out(found: StepResult, fan_out: FanOut, outcome: FannedOut) -> StepResult:
    """The result with the deliveries that a fan-out leased."""
    places = zip(outcome.leased[::2], outcome.leased[1::2], strict=True)
    leased = [_claimed(fan_out.deliveries[place - 1], revision) for place, revision in places]
    if not outcome.waiting:
        return found._replace(claimed=found.claimed + leased)
    again = now_ms() + LOOK_AGAIN_MS
    due = again if found.next_ms is None else min(found.next_ms, again)
    full = found.full | {fan_out.inbox}
    return found._replace(claimed=found.claimed + leased, next_ms=due, full=full)


def _claimed(new: NewDelivery, revision: str) -> Claimed:
    hook = new.hook
    return Claimed(new.id, hook.id, revision, 0, hook.workspace, "", new.entry.json)
