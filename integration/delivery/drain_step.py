"""The drain's step: record what ended, and claim what is due, in one script call.

The claim comes after the fan-out (fanout.py) and before the attempt (in_flight.py). The record
comes after the attempt, and is the last that happens to a delivery.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from integration.delivery.attempt import Attempt, named
from integration.delivery.fanout import BATCH, INBOXES, unfanned
from integration.delivery.records import Claimed, Ended, Room, StepResult
from integration.delivery.retry_schedule import DEAD, DELIVERED, QUEUED
from integration.store import counters, lifetimes, tallies
from integration.store.client import raw
from integration.store.clock import now_ms, wall_ms
from integration.store.script import Rest, ScriptCall, script

LEASE_MS = 8_000
"""A drain that made no step for so long is dead, and its deliveries are given back."""
PLACES, HANGING = 1_000, 750
"""How many posts one drain holds at most, and how many of these may hang from the beginning."""
HANGS_MS = 400
"""A post that was not answered within this time hangs: it counts no more as a prompt one."""
ATTEMPTS_KEPT = 30
"""Attempts of one delivery that its log shows: a busy target may refuse it without end."""


@script(
    "skip_damaged",
    "count_busy",
    "note_hanging",
    "count_hours",
    "keep_answers",
    "store/tally",
    "record_ended",
    "claim",
    "read_unfanned",
    "drain_step",
)
def DRAIN_STEP(
    *,
    token: str,
    room: int,
    hanging_room: int,
    places: int,
    now: int,
    lease_until: int,
    inboxes: int,
    entries: int,
    keep_seconds: int,
    report: bytes,
) -> None:
    """Record what ended, claim, and read what is not fanned out yet; drains read the wake list."""


def call(
    token: str,
    room: Room,
    over: Sequence[Ended] = (),
    hanging: Sequence[str] = (),
    *,
    lease_ms: int = LEASE_MS,
    keep_seconds: int = lifetimes.ANSWERS_SECONDS,
) -> ScriptCall:
    """A step in which the drain may claim for `room`. `hanging` are posts that began to hang.

    What is kept of an attempt beside its delivery is kept no longer than `keep_seconds`."""
    now = now_ms()
    return DRAIN_STEP(
        token=token,
        room=room.prompt,
        hanging_room=room.hanging,
        places=PLACES,
        now=now,
        lease_until=now + lease_ms,
        inboxes=INBOXES if room.prompt > 0 else 0,
        entries=BATCH,
        keep_seconds=keep_seconds,
        report=_report(over, hanging, now),
    )


def _report(over: Sequence[Ended], hanging: Sequence[str], now: int) -> bytes:
    """One argument for all: the client packs each by itself, which costs more."""
    wall = wall_ms()
    entries = [_entry(each, now, wall) for each in over]
    report = {"ended": entries, "hanging": list(hanging), "hour": tallies.hour(wall)}
    return raw(json.dumps(report, ensure_ascii=False))


def ended(claimed: Claimed, attempt: Attempt) -> Ended:
    verdict = attempt.verdict(claimed.tries + 1)
    # Who asked for a test looks at its outcome now. A target that asks for time gets it.
    comes_again = verdict.status == QUEUED
    if claimed.is_test and comes_again and attempt.wait is None:
        verdict = replace(verdict, status=DEAD)
    return Ended(claimed, attempt, verdict)


def _entry(over: Ended, now: int, wall: int) -> list[Any]:
    """What record_ended.lua takes for one delivery."""
    claimed, attempt, verdict = over
    busy = verdict.asked is not None
    by_hand = _by_hand(claimed)
    answer = _answer(attempt) if by_hand or verdict.status != DELIVERED else ""
    name = named(answer) if answer else ""
    # One that was refused before goes behind: a target may refuse this one and take all others.
    keeps_place = busy and not _was_busy(claimed.attempts)
    return [
        claimed.id,
        claimed.workspace,
        verdict.status,
        _outcome(attempt, verdict.status, busy=busy),
        0 if keeps_place else now + int(verdict.delay * 1000),
        claimed.tries + (not busy),
        _newest(claimed.attempts),
        attempt.kept(name, by_hand=by_hand),
        -1 if verdict.asked is None else int(verdict.asked * 1000),
        name,
        answer,
        tallies.lasted(tallies.TO_HOOK, wall - claimed.arrived_ms) if claimed.arrived_ms else "",
    ]


def _answer(attempt: Attempt) -> str:
    """What is kept of the target's answer, as text."""
    return attempt.answer.decode("utf-8", "replace")


def _by_hand(claimed: Claimed) -> bool:
    """Whether this is the first attempt since somebody asked for the delivery again."""
    if not claimed.again_ms:
        return False
    last = claimed.attempts.rpartition("[")[2].partition(",")[0]
    return claimed.again_ms > (counters.number(last) or 0)


def _outcome(attempt: Attempt, status: str, *, busy: bool) -> str:
    if attempt.final:
        return "unmade"
    if busy:
        return "busy"
    if status == DELIVERED:
        return "taken"
    return "hung" if not attempt.status and attempt.took_ms >= HANGS_MS else "failed"


def _was_busy(attempts: str) -> bool:
    """Whether the last of these attempts met a busy target."""
    return attempts.rpartition("[")[2].split(",")[1:2] in (["429"], ["503"])


def _newest(attempts: str) -> str:
    """The attempts so far without the oldest of too many."""
    parts = attempts.split(",[")
    return attempts if len(parts) < ATTEMPTS_KEPT else "[" + ",[".join(parts[1 - ATTEMPTS_KEPT :])


def result(reply: Any) -> StepResult:
    """What DRAIN_STEP returned."""
    rows, payloads, next_ms, inboxes = reply
    claimed = [
        Claimed(
            name,
            hook_id,
            revision,
            int(tries),
            workspace,
            attempts,
            payloads[place - 1] if place else "",
            bool(hangs),
            bool(test),
            *(counters.number(each) or 0 for each in times),
        )
        for name, hook_id, revision, tries, workspace, attempts, place, hangs, test, *times in rows
    ]
    return StepResult(claimed, float(next_ms) if next_ms else None, list(map(unfanned, inboxes)))


@script("skip_damaged", "count_busy", "release_dead_drains")
def RELEASE(*, now: int, token: str, known: Rest) -> None:
    """Give deliveries back that no drain will end; another drain reads the wake list."""


def release(token: str = "", known: Sequence[str] = ()) -> ScriptCall:
    """The call that gives back the deliveries of dead drains. With a token, what this drain leased
    beside the `known` ones: it claimed those in a step whose reply was lost."""
    return RELEASE(now=now_ms(), token=token, known=known)
