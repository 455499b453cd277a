"""Reopen: retry a job that ended badly, or cancel one that has not begun, on request."""

from __future__ import annotations

import json

from integration.jobs import ledger, rq_queue, tell
from integration.jobs.record import Job
from integration.kernel import times
from integration.kernel.errors import Conflict
from integration.services import Services
from integration.store import keys
from integration.store.client import Script
from integration.store.clock import now_ms, wall_ms

REOPEN = Script(__file__, "decode_facts", "status_events", "rq_enqueue", "reopen")
RETRIED = ("failed", "unknown", "cancelled")
CANCELLED = ("scheduled", "queued")


def retry(services: Services, job: Job) -> Job:
    """Queue the job again; its sender has decided that this is right."""
    due = _due(job)
    status = "scheduled" if due > now_ms() else "queued"
    found = _reopen(services, job, status, RETRIED, "Retried on request.", due)
    if found not in RETRIED:
        raise Conflict(f"This job is {found}; only failed, unknown or cancelled ones are retried.")
    return ledger.get(services, job.workspace, job.id)


def _due(job: Job) -> int:
    """Now; or when it was scheduled for, should it have been cancelled before that time."""
    at = job.input.get("schedule_at")
    left = int(times.parse_strict(at).timestamp() * 1000) - wall_ms() if at else 0
    return now_ms() + max(0, left)


def cancel(services: Services, job: Job) -> Job:
    """Cancel before it starts; a second time is no error."""
    found = _reopen(services, job, "cancelled", CANCELLED, "Cancelled on request.")
    if found not in (*CANCELLED, "cancelled"):
        raise Conflict(f"This job is {found}; only scheduled or queued ones can be cancelled.")
    return ledger.get(services, job.workspace, job.id)


def _reopen(
    services: Services,
    job: Job,
    status: str,
    allowed: tuple[str, ...],
    detail: str,
    due: int = 0,
) -> str:
    now = wall_ms()
    entry = {"at": times.from_ms(now), "outcome": status, "detail": detail}
    args = [job.id, now, status, json.dumps(entry), f",{','.join(allowed)},", due, now_ms()]
    told = tell.slots(job.workspace, message=ledger.is_message(services, job))
    found: str = REOPEN.run(
        services.db,
        [keys.job(job.id), keys.JOBS_DUE, rq_queue.waiting(keys.RQ_ACTIONS), *told],
        [*args, *tell.args(job.workspace, now), *rq_queue.how(keys.RQ_ACTIONS, rq_queue.PERFORM)],
    )
    return found
