"""Wait: hold a caller until its job is settled, so that a platform shows the outcome itself."""

from __future__ import annotations

import contextlib
import time

from redis.exceptions import RedisError

from integration.jobs import endings, ledger
from integration.jobs.accept import Accepted
from integration.jobs.record import Job
from integration.kernel.errors import HooklineError
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from integration.store.script import Slot, script

PASSED_ON = {200: 422, 400: 400, 401: 502, 403: 403, 404: 404, 422: 422, 429: 429}
"""Our status by the provider's. Its 401 is about its key, not about the caller's. Some providers
refuse with 200 and say so in the body."""
LOOK_SECONDS = 5.0
"""After so long a caller looks by itself, whatever became of the endings."""


@script("await")
def AWAIT(*, job: Slot) -> None:
    """Mark a job that a caller waits for."""


class Refused(HooklineError):
    code, title = "provider-rejected", "The provider refused"

    def __init__(self, job: Job, status: int) -> None:
        super().__init__(job.message)
        self.job = job
        self.status = status

    def problem(self) -> dict[str, object]:
        return {"job": ledger.shown(self.job)}


def settled(services: Services, accepted: Accepted, seconds: float) -> tuple[list[Job], bool]:
    """The jobs as they are at the end of the wait, and whether all are settled."""
    deadline = time.monotonic() + seconds
    for job_id in accepted.job_ids:
        _await(services, job_id, deadline, marked=accepted.awaited)
    jobs = [job for job in ledger.several(services, accepted.job_ids) if job]
    return jobs, all(job.status in ledger.ANSWERED for job in jobs)


def _await(services: Services, job_id: str, deadline: float, *, marked: bool) -> None:
    """Return when the job is settled, or cannot be before the time is up. A store that is away is
    no outcome: the job is committed, so the caller gets 202 rather than an error."""
    with endings.of(services).watched(job_id) as ended:
        while (left := deadline - time.monotonic()) > 0:
            # It may have ended before it was watched.
            with contextlib.suppress(RedisError):
                if _is_over(services, job_id, left, marked=marked):
                    return
            ended.wait(min(left, LOOK_SECONDS))
            ended.clear()
            marked = False


def _is_over(services: Services, job_id: str, left: float, *, marked: bool) -> bool:
    """Whether there is nothing to wait for; marks the job as waited for where there is."""
    job = ledger.by_id(services, job_id)
    if job is None or job.status in ledger.SETTLED or left <= _earliest(job):
        return True
    if marked:
        return False
    return AWAIT(job=keys.job(job_id)).run(services.db) in ledger.SETTLED


def _earliest(job: Job) -> float:
    """Seconds until the job may begin, 0 where it may begin at once."""
    at = job.input.get("schedule_at") if job.status == "scheduled" else None
    return max(0.0, parse_strict(at).timestamp() - now_ms() / 1000) if at else 0.0


def refusal(job: Job) -> Refused:
    upstream = int((job.error or {}).get("status") or 0)
    return Refused(job, PASSED_ON.get(upstream, 502))
