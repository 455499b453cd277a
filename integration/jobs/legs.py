"""Legs: the connections that one job may go through, one after the other.

A job's facts name the connection that it is with now, so whatever reads a job finds that leg. Its
field `legs` has the rest. `next` are the connections that are left, `all` those of the call.
`after` is in seconds: an account that gives no answer for so long is left. `first` is what the job
was accepted with, once it has moved on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from integration.jobs import record
from integration.jobs.facts import FACTS
from integration.jobs.finish import ABSENT, NOT_SENT
from integration.jobs.record import Job
from integration.kernel.times import parse_strict

CHANGED = ("connection", "provider", "input")
"""The facts that a leg has of its own."""
UNSENT = ("rejected", "unavailable")
"""Outcomes of attempts by which nothing was sent for certain."""
ASKED_FOR = ("queued", "scheduled", "cancelled")
"""Entries of the timeline that are no attempts."""


def written(fallbacks: Sequence[str], after: int) -> str:
    """The field of a new job, "" without fallbacks."""
    return record.packed(_fresh(fallbacks, after)) if fallbacks else ""


def _fresh(fallbacks: Sequence[str], after: int) -> dict[str, Any]:
    return {"next": [*fallbacks], "all": [*fallbacks], "after": after}


def left(job: Job) -> Sequence[str]:
    """The connections that it has not gone through yet, the next one first."""
    return _ids(job, "next")


def after_ms(job: Job) -> int:
    """After how long a silence of its account the job leaves it."""
    after = job.legs.get("after")
    return after * 1000 if isinstance(after, int) else 0


def moved(job: Job, rest: Sequence[str]) -> str:
    """The field once it has moved on, with `rest` left."""
    first = _first(job) or {name: getattr(job, name) for name in CHANGED}
    return record.packed({**job.legs, "next": [*rest], "first": first})


def again(job: Job) -> tuple[dict[str, Any], str]:
    """What a job begins with again on request: the facts of its first leg, and the field."""
    if not job.legs:
        return {}, ""
    after = after_ms(job) // 1000
    return _first(job), record.packed(_fresh(_ids(job, "all"), after))


def as_accepted(job: Job) -> Mapping[str, Any]:
    """Facts that differ from those of now, as they were when the job was accepted."""
    return _first(job)


def before(job: Job) -> list[str]:
    """The connections that it has left, the first one first."""
    first = _first(job).get("connection")
    passed = [str(first), *_ids(job, "all")] if first else []
    return [each for each in dict.fromkeys(passed) if each not in (job.connection, *left(job))]


def is_unsent(job: Job) -> bool:
    """Whether nothing was sent for certain by all attempts so far: each was refused, reached
    nobody, or was looked up and is not there."""
    unsent = True
    for each in job.attempts:
        if (each["outcome"], each["detail"]) == (NOT_SENT, ABSENT):
            unsent = True
        elif each["outcome"] not in (*UNSENT, *ASKED_FOR):
            unsent = False
    return unsent


def began_ms(job: Job) -> int:
    """When the job could go through its connection of now at the earliest (wall clock)."""
    earlier = [each["at"] for each in job.attempts if each.get("connection", "") != job.connection]
    moved = parse_strict(earlier[-1]).timestamp() * 1000 if earlier and _first(job) else 0
    return int(max(record.asked_ms(job), moved))


def may_be_at(job: Job, connection: str) -> bool:
    """Whether this account can have something of the job."""
    if job.connection == connection:
        return True
    through = [each for each in job.attempts if each.get("connection") == connection]
    return any(each["outcome"] not in UNSENT for each in through)


def _ids(job: Job, name: str) -> list[str]:
    found = job.legs.get(name)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _first(job: Job) -> dict[str, Any]:
    """A damaged one counts as none."""
    found = job.legs.get("first")
    if not isinstance(found, dict) or not all(name in found for name in CHANGED):
        return {}
    sound = all(FACTS[name][0](found[name]) for name in CHANGED)
    return {name: found[name] for name in CHANGED} if sound else {}
