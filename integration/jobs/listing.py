"""Listing: many jobs at once, by workspace or by what they send."""

from __future__ import annotations

from integration import keys
from integration.jobs.job_record import Job
from integration.jobs.ledger import several
from integration.services import Services

SEARCH_STEP, MOST_SEARCHED = 200, 5_000
MOST_EQUALS = 1_000
"""Equal sends that are looked at when one is settled, the newest; they are kept for three days."""


def listed(
    services: Services, workspace: str, limit: int, offset: int, status: str = ""
) -> tuple[list[Job], int | None]:
    """One page of jobs, newest first, and the offset of the next page if any.

    With a `status`, up to MOST_SEARCHED jobs are looked through for a full page.
    """
    found: list[Job] = []
    for start in range(offset, offset + MOST_SEARCHED, SEARCH_STEP):
        ids = services.db.zrevrange(keys.jobs(workspace), start, start + SEARCH_STEP - 1)
        for place, job in enumerate(several(services, ids), start):
            if job and status in ("", job.status):
                if len(found) == limit:
                    return found, place
                found.append(job)
        if len(ids) < SEARCH_STEP:
            return found, None
    return found, offset + MOST_SEARCHED


def equals(services: Services, job: Job) -> list[Job]:
    """Other jobs that send one and the same thing, the oldest first."""
    ids = services.db.zrange(keys.equal_sends(job.connection, job.equal), -MOST_EQUALS, -1)
    found = several(services, [each for each in ids if each != job.id])
    return [each for each in found if each]
