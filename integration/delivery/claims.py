"""Rounds: what a drain tells and asks the data server, in one script call for a whole group."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from integration.delivery.attempt import Attempt
from integration.delivery.fanout import (
    BATCH,
    INBOXES,
    PER_HOOK,
    PER_HOST,
    Call,
    Inbox,
    Seen,
    Step,
    Wanted,
    seen,
)
from integration.delivery.retry_schedule import Verdict
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import Script, raw
from integration.store.clock import now_ms

ROUND = Script(
    __file__,
    "skip_damaged",
    "count_busy",
    "finish",
    "take_lease",
    "claim",
    "read_unfanned",
    "drain_step",
)
REAP = Script(__file__, "skip_damaged", "count_busy", "release_dead_drains")
LEASE_MS = 8_000
"""A drain that has not been heard of for so long is dead, and what it held is given back."""
LOOK_AGAIN_MS = 100
"""When to look for what waits for room, where nothing of ours ends before that."""
PAUSE_AFTER_MS = 5 * lifetimes.DAY_MS


class Claimed(NamedTuple):
    """A delivery that this drain holds: `attempts` are those so far as JSON parts, `payload` is
    the event as stored, "" when it is gone."""

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


class Found(NamedTuple):
    """What a round gives: the claimed, when the next delivery is due (ms), what fan-out is owed,
    and in which inboxes what is new had to wait, for want of room or behind what is older."""

    claimed: list[Claimed]
    next_ms: float | None
    owed: list[Seen]
    crowded: frozenset[Inbox] = frozenset()

    def fanned_out(self, step: Step, reply: Any) -> Found:
        """The same after a fan-out that gave this: what it took, and what it left for a claim."""
        _, waiting, _, taken = reply
        straight = [
            _straight(step.wanted[place - 1], revision)
            for place, revision in zip(taken[::2], taken[1::2], strict=True)
        ]
        if not waiting:
            return self._replace(claimed=self.claimed + straight)
        again = now_ms() + LOOK_AGAIN_MS
        due = again if self.next_ms is None else min(self.next_ms, again)
        crowded = self.crowded | {step.inbox}
        return self._replace(claimed=self.claimed + straight, next_ms=due, crowded=crowded)


def ended(claimed: Claimed, attempt: Attempt) -> Ended:
    return Ended(claimed, attempt, attempt.verdict(claimed.tries + 1))


def _straight(wanted: Wanted, revision: str) -> Claimed:
    hook = wanted.hook
    return Claimed(wanted.id, hook.id, revision, 0, hook.workspace, "", wanted.entry.json)


def call(token: str, room: int, over: Sequence[Ended], look: int = BATCH) -> Call:
    """Keys and arguments of a round in which `room` deliveries may be claimed, and that looks at
    the first `look` events of what is owed."""
    now = now_ms()
    slots = [keys.HOOKS_DUE, keys.DELIVERIES_LEASED, keys.DELIVERIES_BUSY, keys.DRAINS]
    slots += [keys.FANOUT_OWED, keys.BROKEN]
    args: list[Any] = [now, now + LEASE_MS, token]
    args += [keys.hook.prefix, keys.delivery.prefix, keys.host.prefix, keys.WORKSPACE_PREFIX]
    args += [room, PER_HOOK, PER_HOST, INBOXES if look and room > 0 else 0, look]
    args += [lifetimes.SETTLED_DELIVERY_SECONDS, lifetimes.DELIVERY_SECONDS, PAUSE_AFTER_MS]
    # One argument for all: the client packs each by itself, which costs more than this.
    return slots, [*args, raw(json.dumps([_told(each, now) for each in over], ensure_ascii=False))]


def _told(over: Ended, now: int) -> list[Any]:
    claimed, attempt, verdict = over
    kept = attempt.kept()
    return [
        claimed.id,
        keys.owed(claimed.workspace),
        verdict.status,
        now + int(verdict.delay * 1000),
        claimed.tries + 1,
        f"{claimed.attempts},{kept}" if claimed.attempts else kept,
        -1 if attempt.final else attempt.status,
    ]


def found(reply: Any) -> Found:
    rows, payloads, next_ms, owed = reply
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
    return Found(claimed, float(next_ms) if next_ms else None, [seen(each) for each in owed])


def reap(services: Services) -> int:
    """Give back what dead drains held; every worker's sweeper calls this."""
    return int(REAP.run(services.db, *reaping("", ())))


def reaping(token: str, known: Sequence[str]) -> Call:
    """Keys and arguments of REAP. With `token` it is that living drain's roll call: what it holds
    besides the `known` deliveries was claimed in a round whose answer never came."""
    slots = [keys.DRAINS, keys.DELIVERIES_LEASED, keys.DELIVERIES_BUSY, keys.HOOKS_DUE]
    head = [now_ms(), keys.hook.prefix, keys.delivery.prefix, lifetimes.DELIVERY_SECONDS, token]
    return [*slots, keys.WAKE, keys.BROKEN], [*head, *known]
