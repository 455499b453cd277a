"""The records of delivery, in the order in which an event meets them.

inbox (inbound/inbox.py) → fan-out (fanout.py) → claim (drain_step.py) → attempt (in_flight.py,
attempt.py) → record (drain_step.py); drain.py runs the steps.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from integration.delivery.attempt import Attempt
from integration.delivery.retry_schedule import Verdict
from integration.hooks.record import Hook
from integration.inbound.inbox import Entry
from integration.store.script import ScriptCall

Inbox: TypeAlias = tuple[str, str]
"""Workspace and kind of its events."""


class Unfanned(NamedTuple):
    """An inbox with events that were not fanned out yet.

    `position` is where its fan-out stands ("" before the first), `revision` that of the workspace's
    hooks, `rows` the first of these events, as read.
    """

    workspace: str
    kind: str
    position: str
    revision: str
    rows: list[tuple[str, dict[str, str]]]

    @property
    def inbox(self) -> Inbox:
        return self.workspace, self.kind


class DrainCapacity(NamedTuple):
    """How many new deliveries a fan-out may lease at once to the drain with this token."""

    token: str
    room: int


NO_DRAIN = DrainCapacity("", 0)
"""For a fan-out outside of a drain: all deliveries wait for a claim."""


class NewDelivery(NamedTuple):
    """A delivery that a fan-out will owe to a hook."""

    id: str
    hook: Hook
    entry: Entry


class FanOut(NamedTuple):
    """The call that fans out some events of an inbox, and its deliveries in their order."""

    call: ScriptCall
    deliveries: list[NewDelivery]
    inbox: Inbox


class FannedOut(NamedTuple):
    """What FAN_OUT returned.

    `made` counts its deliveries, -1 for a call that came too late, `waiting` those that wait for an
    active hook. `passed` counts the events, and `leased` holds for each leased delivery its place
    in the call (from 1) and the revision of its hook.
    """

    made: int
    waiting: int
    passed: int
    leased: list[Any]


class Claimed(NamedTuple):
    """A delivery in flight, which this drain has leased.

    `attempts` are those so far as JSON parts, `payload` is the event as stored, "" where it is
    gone.
    """

    id: str
    hook_id: str
    revision: str
    tries: int
    workspace: str
    attempts: str
    payload: str


class Ended(NamedTuple):
    """A claimed delivery, the attempt that was made of it, and what follows."""

    claimed: Claimed
    attempt: Attempt
    verdict: Verdict


class StepResult(NamedTuple):
    """What a step returned.

    `next_ms` is when the next delivery is due, `full` are the inboxes whose new deliveries wait for
    room or behind older ones.
    """

    claimed: list[Claimed]
    next_ms: float | None
    unfanned: list[Unfanned]
    full: frozenset[Inbox] = frozenset()
