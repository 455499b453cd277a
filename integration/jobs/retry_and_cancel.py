"""Retry, cancel, close: what is done with a job on request.

Retry one that ended badly, cancel one that has not begun, close one whose text arrived.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

from integration.accounts import pacing
from integration.jobs import ledger, legs, record, rq_queue, status_events, telling
from integration.jobs.record import CLOSED, STATUSES, WORD, Job
from integration.jobs.rq_queue import ADMIT, Admitting
from integration.jobs.status_events import StatusEvents
from integration.kernel import times
from integration.kernel.errors import Conflict, MayHaveArrived
from integration.services import Services
from integration.store import keys, measures, replicas
from integration.store.clock import now_ms, wall_ms
from integration.store.script import script

NOT_SENT = ("failed", "cancelled")
RETRIED = (*NOT_SENT, "unknown")
CANCELLED = ("scheduled", "queued")
UNDECIDED = ("unknown",)


class Reopening(StatusEvents, Admitting):
    """What the parts that reopen.lua begins with read, and the job's next send and legs."""

    send: str
    first: str
    legs: str
    failover_ms: int


@script(*ADMIT, "statuses", "store/tally", "status_events", "reopen")
def REOPEN(
    *,
    id: str,
    lane: str,
    status: str,
    attempt: str,
    allowed: str,
    said: str,
    due: int,
    wall: int,
    counted: str,
    keep_seconds: int,
    **shared: Unpack[Reopening],
) -> None:
    """Queue a job again, or end it; an ended record expires after `keep_seconds`."""


def retry(services: Services, job: Job, allowed: tuple[str, ...] = RETRIED) -> Job:
    """Queue a job of an allowed status again, through its first connection; its sender has decided
    that this is right."""
    first, field = legs.again(job)
    job = replace(job, **first)
    due = _due(services, job)
    status = "scheduled" if due > now_ms() else "queued"
    entry = {"at": _again_at(job), "outcome": status, "detail": "Retried on request."}
    found = _reopen(services, job, status, allowed, entry, due=due, field=field)
    if found in allowed:
        return ledger.get(services, job.workspace, job.id)
    if found in RETRIED:
        raise MayHaveArrived(
            "The text of this job may have arrived, so a retry of its batch leaves it unknown. Find"
            f" out, then close it or retry it by its own id, {job.id}."
        )
    raise _refused(found, "only failed, unknown or cancelled ones are retried")


def _again_at(job: Job) -> str:
    """When it is asked for again: in a later second than before, by which the send is named.

    A provider may take two sends of one name for one; see record.reference."""
    before = int(record.retried_ms(job)) // 1000 * 1000
    return times.from_ms(max(wall_ms(), before + 1000 if before else 0))


def _refused(found: str, rule: str) -> Conflict:
    if found not in STATUSES and WORD.fullmatch(found):
        return Conflict(
            f"A newer release gave this job the status {found}, which this release shows as unknown"
            " and cannot retry, cancel or close: it does not know whether such a job has ended."
        )
    return Conflict(f"This job is {found}; {rule}.")


def _due(services: Services, job: Job) -> int:
    """Now; or when it was scheduled for, should it have been cancelled before that time.

    Without its connection it fails now: no workspace's backlog would count it."""
    known = services.db.exists(keys.connection(job.connection))
    at = job.input.get("schedule_at") if known else None
    left = int(times.parse_strict(at).timestamp() * 1000) - wall_ms() if at else 0
    return now_ms() + max(0, left)


def cancel(services: Services, job: Job) -> Job:
    """Cancel before it starts; a second time is no error."""
    said = "Cancelled on request."
    entry = {"outcome": "cancelled", "detail": said}
    found = _reopen(services, job, "cancelled", CANCELLED, entry, said)
    if found not in (*CANCELLED, "cancelled"):
        raise _refused(found, "only scheduled or queued ones can be cancelled")
    return ledger.get(services, job.workspace, job.id)


def close(services: Services, job: Job, by: str) -> Job:
    """End a job as sent whose outcome nobody knew: `by` has found that the text arrived."""
    entry = {"outcome": CLOSED, "detail": f"It arrived, says {by}; nothing was sent again."}
    found = _reopen(services, job, "sent", UNDECIDED, entry, "Closed by hand: it arrived.")
    if found not in UNDECIDED:
        raise _refused(found, "only unknown ones can be closed")
    return ledger.get(services, job.workspace, job.id)


def _reopen(
    services: Services,
    job: Job,
    status: str,
    allowed: tuple[str, ...],
    entry: Mapping[str, str],
    said: str = "",
    *,
    due: int = 0,
    field: str = "",
) -> str:
    wall = wall_ms()
    after = replace(job, attempts=[*job.attempts, {"at": times.from_ms(wall), **entry}])
    call = REOPEN(
        id=job.id,
        lane=job.connection,
        status=status,
        attempt=json.dumps(after.attempts[-1]),
        allowed=f",{','.join(allowed)},",
        said=said,
        due=due,
        wall=wall,
        counted=measures.ended(status, job.provider, job.action),
        keep_seconds=services.settings.keep_jobs_seconds,
        **_shared(services, after, wall, field),
    )
    found: str = replicas.kept(services.db, call, services.settings.store_replicas)
    if found in allowed:
        telling.changed(job, status, by="request")
    return found


def _shared(services: Services, job: Job, wall: int, field: str) -> Reopening:
    return Reopening(
        **status_events.names(services, job, wall),
        **rq_queue.admitting(pacing.pepper(services)),
        send=record.reference(job),
        first=record.written(job),
        legs=field,
        failover_ms=legs.after_ms(job),
    )
