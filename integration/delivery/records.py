"""The records of delivery, in the order in which an event meets them, and the id of
one, which is its webhook-id at every attempt.

inbox (inbound/inbox.py) → fan-out (fanout.py) → claim (drain_step.py) → attempt (in_flight.py,
attempt.py) → record (drain_step.py); drain.py runs the steps.
"""

import hashlib
from typing import NamedTuple

from integration.delivery.attempt import Attempt
from integration.delivery.retry_schedule import Verdict


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


class Room(NamedTuple):
    """How many more posts a drain takes: those that answer promptly, and those that hang."""

    prompt: int
    hanging: int


class Claimed(NamedTuple):
    """A delivery in flight, which this drain has leased.

    `attempts` are those so far as JSON parts, `payload` is the event as stored, "" where it is
    gone. `hangs` says that it holds a place for posts that hang, as its hook's last one did.
    `arrived_ms` is when the event was committed or asked for again (`wall_ms`), 0 where unknown.
    `again_ms` is when somebody asked for it again, 0 where nobody did.
    """

    id: str
    hook_id: str
    revision: str
    tries: int
    workspace: str
    attempts: str
    payload: str
    hangs: bool
    is_test: bool = False
    arrived_ms: int = 0
    again_ms: int = 0


class Ended(NamedTuple):
    """A claimed delivery, the attempt that was made of it, and what follows."""

    claimed: Claimed
    attempt: Attempt
    verdict: Verdict


class StepResult(NamedTuple):
    """What a step returned; `next_ms` is when the next delivery is due."""

    claimed: list[Claimed]
    next_ms: float | None
    unfanned: list[Unfanned]


_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]
_SHIFTS = range(120, -1, -10)


def delivery_id(hook_id: str, event_id: str) -> str:
    """Follows from hook and event, so one event is one delivery however often it is owed.

    It holds the first 130 bits of a SHA-256 in base 32 (RFC 4648, lower case).
    """
    number = int.from_bytes(hashlib.sha256(f"{hook_id} {event_id}".encode()).digest()[:17]) >> 6
    return "dlv_" + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])
