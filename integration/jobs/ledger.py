"""The ledger: the truth about every job; RQ only runs them.

queued → sending (lease and token) → sent, failed or unknown. A second run of the same job finds
nothing to claim. All steps are scripts (accept.lua, claim.lua, finish.lua), so a process can die
between any two of them. Here the jobs are read and shown.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from integration.accounts import standing
from integration.jobs import paced, unknown
from integration.jobs import record as job_record
from integration.jobs.record import Job
from integration.kernel import times
from integration.kernel.catalog import dashed
from integration.kernel.errors import NotFound
from integration.services import Services
from integration.store import damaged, keys
from integration.store.clock import now_ms

SETTLED, STATUSES = job_record.SETTLED, job_record.STATUSES
ANSWERED = ("sent", "delivered", "failed", "cancelled")
"""What a waiting caller gets a final answer for; an unknown outcome is not one."""
LONGEST_MESSAGE = 250
"""Characters that every platform shows."""


def by_id(services: Services, job_id: str) -> Job | None:
    return several(services, [job_id])[0]


def get(services: Services, workspace: str, job_id: str) -> Job:
    found = by_id(services, job_id)
    if found is None or found.workspace != workspace:
        raise NotFound("There is no job with this id in this workspace.")
    return found


def explained(services: Services, jobs: Sequence[Job]) -> list[Job]:
    """The jobs; those that wait say for what, so that a user can act on it."""
    jobs = paced.explained(services, jobs)
    lanes = {job.connection for job in jobs if _waits(job)}
    found = standing.of(services.db, lanes) if lanes else {}
    why = {lane: each.sentence for lane, each in found.items() if each.sentence}
    return [
        replace(job, message=f"Waiting. {why[job.connection]}")
        if _waits(job) and job.connection in why
        else job
        for job in jobs
    ]


def _waits(job: Job) -> bool:
    """Whether it waits for its account alone; a scheduled one does once its time has come."""
    is_due = job.status == "scheduled" and job.due_ms <= now_ms()
    return (job.status == "queued" or is_due) and not job.waiting


def several(services: Services, ids: Sequence[str]) -> list[Job | None]:
    records = damaged.hashes(services.db, [keys.job(each) for each in ids])
    return [
        job_record.read(job_id, record) if record else None
        for job_id, record in zip(ids, records, strict=True)
    ]


def short(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"


def shown(job: Job) -> dict[str, Any]:
    """The job as the API shows it."""
    echoed = ("phone", "device_fingerprint", "sim_slot")
    body = {
        "id": job.id,
        "action": dashed(job.action),
        "status": job.status,
        "input": dict(job.input),
        "provider": dashed(job.provider),
        "connection": job.connection,
        "provider_id": job.provider_id,
        "message": short(job.message),
        "attempts": list(job.attempts),
        "receipts": list(job.receipts),
        "batch_id": job.batch_id,
        "schedule_at": job.input.get("schedule_at"),
        "error": dict(job.error) if job.error else None,
        "result": dict(job.result),
        "created_at": times.from_ms(job.created_ms),
        "updated_at": times.from_ms(job.updated_ms),
    }
    if job.segments is not None:
        body["segments"] = job.segments
        body |= {name: job.input.get(name) or job.result.get(name) for name in echoed}
    if job.waiting:
        body["waiting"] = dict(job.waiting)
    if job.status == "unknown":
        body["look_for"] = unknown.look_for(job)
    return body
