"""Listing: many jobs at once, by workspace, and what a connection was asked to send."""

from collections.abc import Collection

from integration.jobs import batches
from integration.jobs.ledger import several
from integration.jobs.record import Job
from integration.services import Services
from integration.store import keys

SEARCH_STEP, MOST_SEARCHED = 200, 5_000
SENDS_STEP = 1_000


def listed(
    services: Services,
    workspace: str,
    limit: int,
    offset: int,
    status: str = "",
    batch_id: str = "",
) -> tuple[list[Job], int | None]:
    """One page of jobs, newest first, and the offset of the next page if any.

    With a `status`, up to MOST_SEARCHED jobs are looked through for a full page.
    """
    if batch_id:
        jobs = batches.jobs_of(services, workspace, batch_id)[::-1]
        fit = [job for job in jobs if status in ("", job.status)]
        return fit[offset : offset + limit], offset + limit if len(fit) > offset + limit else None
    found: list[Job] = []
    for start in range(offset, offset + MOST_SEARCHED, SEARCH_STEP):
        ids = services.db.lrange(keys.jobs(workspace), start, start + SEARCH_STEP - 1)
        for place, job in enumerate(several(services, ids), start):
            if job and status in ("", job.status):
                if len(found) == limit:
                    return found, place
                found.append(job)
        if len(ids) < SEARCH_STEP:
            return found, None
    return found, offset + MOST_SEARCHED


def sends(
    services: Services, job: Job, since_ms: float, wanted: Collection[str]
) -> dict[str, set[str]]:
    """Ids of other jobs that the connection was asked to send since then, by the store's clock.

    By the digest of what they send, for each of the `wanted` digests.
    """
    found: dict[str, set[str]] = {each: set() for each in wanted}
    place, log = f"{max(0, int(since_ms))}-0", keys.sends(job.connection)
    while True:
        page = services.db.xrange(log, place, "+", count=SENDS_STEP)
        for _, entry in page:
            if entry.get("e") in found and f"job_{entry.get('j')}" != job.id:
                found[entry["e"]].add(f"job_{entry.get('j')}")
        if len(page) < SENDS_STEP:
            return found
        place = f"({page[-1][0]}"
