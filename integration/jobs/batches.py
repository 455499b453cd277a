"""Batches: the jobs that one call made for its recipients, as one thing with a status of its own.

A batch has no record. Its id holds how many jobs there are, and the ids of the jobs follow from it.
"""

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from integration.jobs import ledger
from integration.jobs.record import Job
from integration.kernel.errors import Conflict, MayHaveArrived, NotFound
from integration.services import Services

MOST = 255
"""Jobs of a batch: two digits of its id."""
UNDER_WAY = ("sending", "queued", "scheduled")
"""What one job's status makes of the whole batch, the first one first."""
_ID = re.compile(r"bat_[0-9a-f]{16}([0-9a-f]{2})")


def new_id(count: int) -> str:
    assert count <= MOST, "a list of recipients is shorter"
    return f"bat_{secrets.token_hex(8)}{count:02x}"


def is_id(text: str) -> bool:
    return text.startswith("bat_")


def job_ids(batch_id: str) -> list[str]:
    """In the order of the recipients; none where this is no batch of ours."""
    found = _ID.fullmatch(batch_id)
    places = range(int(found[1], 16)) if found else ()
    digests = (hashlib.sha256(f"{batch_id} {place}".encode()) for place in places)
    return [f"job_{each.hexdigest()[:20]}" for each in digests]


def jobs_of(services: Services, workspace: str, batch_id: str) -> list[Job]:
    """Those of its jobs whose records are still kept."""
    found = ledger.several(services, job_ids(batch_id))
    return [job for job in found if job and job.workspace == workspace]


def named(services: Services, workspace: str, either_id: str) -> list[Job]:
    """The job of this id, or the jobs of this batch. Raises NotFound."""
    if not is_id(either_id):
        return [ledger.get(services, workspace, either_id)]
    jobs = jobs_of(services, workspace, either_id)
    if not jobs:
        raise NotFound("There is no batch with this id in this workspace.")
    return jobs


def change(jobs: Sequence[Job], act: Callable[[Job], Job]) -> None:
    """Do this to every job whose status allows it. Raises Conflict where no status does, rather
    the one that somebody can decide about."""
    refused: list[Conflict] = []
    for job in jobs:
        try:
            act(job)
        except Conflict as error:
            refused.append(error)
    if len(refused) == len(jobs):
        raise next((each for each in refused if isinstance(each, MayHaveArrived)), refused[0])


def answer(jobs: Sequence[Job]) -> dict[str, Any]:
    """What a call is answered: its job, or its batch."""
    return shown(jobs) if jobs[0].batch_id else ledger.shown(jobs[0])


def shown(jobs: Sequence[Job]) -> dict[str, Any]:
    """The batch as the API shows it."""
    each = [ledger.shown(job) for job in jobs]
    return {
        "id": jobs[0].batch_id,
        "batch_id": jobs[0].batch_id,
        "action": each[0]["action"],
        "status": status(jobs),
        "message": message(jobs),
        "jobs": each,
    }


def status(jobs: Sequence[Job]) -> str:
    found = {_outcome(job) for job in jobs}
    for word in UNDER_WAY:
        if word in found:
            return word
    return found.pop() if len(found) == 1 else "partial"


def message(jobs: Sequence[Job]) -> str:
    """How many went, and why the others did not."""
    found = Counter((_outcome(job), _reason(job)) for job in jobs)
    went = found.pop(("sent", ""), 0)
    others = [f"{count} {word}{reason}" for (word, reason), count in found.items()]
    return ledger.short("; ".join([f"{went} of {len(jobs)} sent", *others]) + ".")


def _outcome(job: Job) -> str:
    return "sent" if job.status == "delivered" else job.status


def _reason(job: Job) -> str:
    plain = job.status in (*UNDER_WAY, "sent", "delivered", "cancelled")
    return "" if plain else f": {job.message.rstrip('.')}"
