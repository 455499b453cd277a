"""Telling: what became of a job, in one line of the log, and how long its sender waited.

A line has no number, no text, and no sentence of a provider, which may hold both.
"""

import logging

from integration.jobs.claim import Claim
from integration.jobs.finish import Ending
from integration.jobs.record import SETTLED, Job, asked_ms
from integration.kernel.catalog import dashed
from integration.runtime.logs import tell
from integration.store import measures
from integration.store.clock import wall_ms

log = logging.getLogger("hookline.jobs")


def ended(held: Claim, ending: Ending, status: str) -> None:
    """One run of a job is over, and the job has this status; "" where that was not recorded.

    A job that goes on is logged at DEBUG: one that waits for an hour would fill the log."""
    job, known = held.job, status or ending.status
    waited_ms = max(0, wall_ms() - asked_ms(job))
    if status and ending.status == "sent":
        measures.observe(measures.ACCEPT_TO_SENT, waited_ms / 1000, job.provider, job.action)
    facts = _facts(job) | {"status": known, "outcome": ending.outcome, "ms": waited_ms}
    if upstream := (ending.error or {}).get("status"):
        facts["upstream_status"] = upstream
    if not status:
        # Another process took the job over, or this ending was recorded before its reply was lost.
        facts["recorded"] = "no"
    tell(log, logging.INFO if known in SETTLED else logging.DEBUG, "job", **facts)


def changed(job: Job, status: str, by: str) -> None:
    """A status that came otherwise: by a receipt, or on request."""
    tell(log, logging.INFO, "job", **_facts(job), status=status, by=by)


def _facts(job: Job) -> dict[str, object]:
    return {
        "job": job.id,
        "workspace": job.workspace,
        "action": dashed(job.action),
        "provider": dashed(job.provider),
        "connection": job.connection,
    }
