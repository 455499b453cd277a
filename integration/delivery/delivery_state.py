"""The state of a delivery as people see it: what it waits for, or how it ended.

Its record says only that it is owed. The rest follows from its attempts, from the drain that has it
and from its hook; log.py reads all of these.
"""

import json
from collections.abc import Mapping
from typing import Any

from integration.delivery import attempt, standing
from integration.delivery.retry_schedule import DEAD, DELIVERED, QUEUED
from integration.hooks.subscriptions import PAUSED
from integration.kernel import times
from integration.store.clock import as_wall, now_ms

RETRYING, SENDING = "retrying", "sending"
STATES = (QUEUED, RETRYING, SENDING, DELIVERED, DEAD)
WAITING = (QUEUED, RETRYING)
HELD, HOOK_STATUS, WAIT_UNTIL = "held_by", "hook_status", "wait_until"
"""What log.py adds to a record: its drain, the status of its hook, and until when the hook waits
(`now_ms`)."""
UNTRIED = "No attempt was made yet."
UNDER_WAY = "An attempt is under way."
STOPPED = "The hook is paused; this goes when it is resumed."


def status(record: Mapping[str, str]) -> str:
    """The state by the words of release 0.1.0, for which all that waits is `queued`."""
    stored = record.get("status", "")
    return SENDING if stored == QUEUED and record.get(HELD) else stored


def state(record: Mapping[str, str]) -> str:
    """One of STATES: `queued` before the first attempt, `retrying` after one that failed."""
    known = status(record)
    return RETRYING if known == QUEUED and _was_tried(record) else known


def next_ms(record: Mapping[str, str]) -> int | None:
    """When the next attempt is due (`wall_ms`); None where none is, or nobody knows when."""
    if status(record) != QUEUED or record.get(HOOK_STATUS) == PAUSED:
        return None
    due = int(record.get("due_ms", record["created_ms"]))
    return as_wall(max(due, int(record.get(WAIT_UNTIL) or 0)))


def detail(record: Mapping[str, str]) -> str:
    """Why it is in this state, and what comes next, in a sentence or two."""
    now = state(record)
    if now == SENDING:
        return UNDER_WAY
    made = attempts(record)
    last = made[-1]["detail"] if made else ""
    if now not in WAITING:
        once = "A test is tried once." if now == DEAD and record.get("body") else ""
        return " ".join(filter(None, (str(last), once)))
    return " ".join(filter(None, (last if now == RETRYING else "", _waits_for(record, now))))


def _waits_for(record: Mapping[str, str], now: str) -> str:
    if record.get(HOOK_STATUS) == PAUSED:
        return STOPPED
    at = next_ms(record) or 0
    soon = at <= as_wall(now_ms())
    if not soon and int(record.get(WAIT_UNTIL) or 0) > now_ms():
        return f"{standing.ASKED} Its next try is due {times.from_ms(at)}."
    if now == QUEUED:
        return UNTRIED
    return "Its next try is due now." if soon else f"Its next try is due {times.from_ms(at)}."


def attempts(record: Mapping[str, str]) -> list[dict[str, Any]]:
    """Its attempts, oldest first; raises one of damaged.NONSENSE where the record has others."""
    return [attempt.shown(each) for each in json.loads(f"[{record.get('attempts', '')}]")]


def _was_tried(record: Mapping[str, str]) -> bool:
    """Whether an attempt was made since it was owed. One that was sent again has earlier ones.

    A try that met a busy target is not counted, and the clocks of two machines may differ."""
    if int(record.get("tries") or 0):
        return True
    last = json.loads(f"[{record.get('attempts', '')}]")[-1:]
    return bool(last) and int(last[0][0]) >= int(record["created_ms"])
