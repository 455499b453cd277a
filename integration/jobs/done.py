"""Done: jobs of actions that ask no account, recorded as ended once what they ask for is done.

A process that dies between the two leaves the work without its record. The caller has no answer
then, and does it again, which changes nothing more.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from integration.jobs import accept, record
from integration.jobs.accept import Accepted, AcceptOptions
from integration.jobs.record import Job
from integration.kernel import times
from integration.kernel.events import Sent
from integration.kernel.specs import Action
from integration.services import Services
from integration.store import replicas
from integration.store.script import Rows, script


class DoneJob(NamedTuple):
    """A job as record_done.lua takes it; `attempt` and `result` as in its record."""

    id: str
    facts: str
    request_id: str
    created: int
    message: str
    attempt: str
    result: str


@script("statuses", "record_done")
def RECORD_DONE(
    *,
    idempotency: str,
    workspace: str,
    body_digest: str,
    keep_seconds: int,
    new_jobs: Rows[DoneJob],
) -> None:
    """Record jobs that are done already."""


def ended(job: Job, sent: Sent) -> Job:
    """The job with what was done of it."""
    entry = {"at": times.from_ms(job.created_ms), "outcome": "sent", "detail": sent.note}
    return replace(job, status="sent", message=sent.note, attempts=(entry,), result=sent.result)


def store(
    services: Services, action: Action, jobs: Sequence[Job], options: AcceptOptions
) -> Accepted:
    """Record the ended jobs of one call. Raises Conflict where its idempotency key came with
    another body meanwhile, or NotReplicated."""
    workspace = jobs[0].workspace
    call = RECORD_DONE(
        idempotency=accept.idempotency_name(workspace, action, options.key),
        workspace=workspace,
        body_digest=options.digest,
        keep_seconds=services.settings.keep_jobs_seconds,
        new_jobs=[_row(each) for each in jobs],
    )
    outcome, first = replicas.kept(services.db, call, services.settings.store_replicas)
    return accept.told(services, jobs, outcome, first)


def _row(job: Job) -> DoneJob:
    return DoneJob(
        id=job.id,
        facts=record.written(job),
        request_id=job.request_id,
        created=job.created_ms,
        message=job.message,
        attempt=record.attempt(job.attempts[0]),
        result=record.packed(job.result),
    )
