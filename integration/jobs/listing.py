"""Listing: many jobs at once, by workspace, and what a connection was asked to send."""

from collections.abc import Collection, Iterator
from itertools import islice

from integration.jobs import batches, statuses
from integration.jobs.ledger import several
from integration.jobs.record import Job
from integration.jobs.statuses import Place
from integration.services import Services
from integration.store import keys

STEP = 200
SENDS_STEP = 1_000


def listed(
    services: Services,
    workspace: str,
    limit: int,
    before: Place | None,
    status: str = "",
    batch_id: str = "",
) -> tuple[list[Job], Place | None]:
    """One page of jobs, newest first, and where the next page begins, if there is one.

    The page begins after the job of the place `before`, however many have come since.
    """
    if batch_id:
        every = iter(_of_batch(services, workspace, batch_id, before, status))
    elif status:
        every = statuses.jobs(services, workspace, status, before)
    else:
        every = _all(services, workspace, before)
    found = list(islice(every, limit + 1))
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], (last.created_ms, last.id) if last else None


def _all(services: Services, workspace: str, before: Place | None) -> Iterator[Job]:
    name = keys.jobs(workspace)
    place = services.db.lpos(name, before[1]) if before else -1
    while place is not None:
        ids = services.db.lrange(name, place + 1, place + STEP)
        yield from filter(None, several(services, ids))
        # By its last job again, for more may have come meanwhile.
        place = services.db.lpos(name, ids[-1]) if ids else None


def _of_batch(
    services: Services, workspace: str, batch_id: str, before: Place | None, status: str
) -> list[Job]:
    jobs = batches.jobs_of(services, workspace, batch_id)[::-1]
    if before:
        ids = [job.id for job in jobs]
        jobs = jobs[ids.index(before[1]) + 1 :] if before[1] in ids else []
    return [job for job in jobs if status in ("", job.status)]


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
