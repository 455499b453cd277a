"""Finish: record how an attempt ended; see finish.lua."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Unpack

from integration.accounts import pacing
from integration.accounts.provider_link import Reach
from integration.jobs import record as job_record
from integration.jobs import rq_queue, status_events
from integration.jobs.claim import Claim
from integration.jobs.record import Job
from integration.jobs.rq_queue import ADMIT, Admitting
from integration.jobs.status_events import StatusEvents
from integration.kernel import times
from integration.kernel.verdicts import Full
from integration.services import Services
from integration.store import measures, tallies
from integration.store.clock import wall_ms
from integration.store.script import Rows, script

NOT_CALLED = Reach()
KEPT = 49
"""Attempts that a record keeps beside the last one."""
NOT_SENT = "not-sent"
"""The outcome of an attempt that the provider knows nothing of."""
ABSENT = "The provider's history does not have it, so it was not sent."
"""How a look-up ends that proved it; other look-ups with that outcome proved nothing."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How an attempt ended. `later_ms` is when to go on, for "queued" and "sending".
    `ends_ms` is when a call without an answer can have taken effect at the latest."""

    status: str
    message: str
    outcome: str
    detail: str
    later_ms: int = 0
    ends_ms: int = 0
    lost_ms: int = 0
    """See Job.lost_ms."""
    provider_id: str | None = None
    result: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    of_account: bool = False
    """Whether it is a refusal for reasons of the account alone; see failover.py."""
    full: Full | Literal[""] = ""
    """What takes no texts for now, says the provider; see full.lua."""
    full_ms: int = 0
    """How long it asked us to wait then, 0 where it did not say."""


class Finishing(StatusEvents, Admitting):
    """What the parts that finish.lua begins with read."""


class Field(NamedTuple):
    """One field of a job's record; the value "" removes it."""

    name: str
    value: str


@script(
    *ADMIT,
    "statuses",
    "store/tally",
    "status_events",
    "apply_receipt",
    "provider_ids",
    "pace_end",
    "lane_end",
    "full_end",
    "finish",
)
def FINISH(
    *,
    id: str,
    token: str,
    wall: int,
    status: str,
    listed: str,
    detail: str,
    later: int,
    began: int,
    reach: str,
    busy_ms: int,
    full: str,
    full_ms: int,
    workspace: str,
    created: int,
    connection: str,
    provider_id: str,
    reference: str,
    counted: str,
    lasted: str,
    keep_seconds: int,
    fields: Rows[Field],
    **shared: Unpack[Finishing],
) -> None:
    """Record how an attempt ended."""


def finish(services: Services, held: Claim, ending: Ending, reach: Reach = NOT_CALLED) -> str:
    """Record the ending, and what the run showed of the provider; "" when the lease was lost and
    another process has the job. Else the job's status: receipts that came before may tell more."""
    job, now = held.job, wall_ms()
    # The lane waits then, or its phone or sender, and the job keeps its place.
    later = 0 if reach.word in ("busy", "closed") or ending.full else ending.later_ms
    shared = _shared(services, job, now)
    call = FINISH(
        id=job.id,
        token=held.token,
        wall=now,
        status=ending.status,
        listed="sending" if ending.status == "queued" and _lost_ms(job, ending) else ending.status,
        detail=ending.message,
        later=later,
        began=job.first_ms,
        reach=reach.word,
        busy_ms=int(reach.seconds * 1000),
        full=ending.full,
        full_ms=ending.full_ms,
        workspace=job.workspace,
        created=job.created_ms,
        connection=job.connection,
        provider_id=ending.provider_id or "",
        reference=job_record.reference(job),
        counted=measures.ended(ending.status, job.provider, job.action),
        lasted=tallies.lasted(tallies.TO_SENT, now - job_record.asked_ms(job)),
        keep_seconds=services.settings.keep_jobs_seconds,
        fields=[Field(name, value) for name, value in _fields(held, ending, now).items()],
        **shared,
    )
    return str(call.run(services.db))


def _shared(services: Services, job: Job, now: int) -> Finishing:
    admitting = rq_queue.admitting(pacing.pepper(services))
    return Finishing(**status_events.names(services, job, now), **admitting)


def _fields(held: Claim, ending: Ending, now: int) -> dict[str, str]:
    """What the ending makes of the record; a field without a value goes."""
    job, result = held.job, ending.result or held.job.result
    attempts = timeline(job, ending, now)
    # A job that is found unsent again and again may break each process that tries to send it:
    # its claims count until MOST_CLAIMS ends it. A provider's answer resets them.
    claims = held.claims if ending.outcome == NOT_SENT else 0
    ends_ms, said = ending.ends_ms or job.ends_ms, job_record.SAID.get(ending.status)
    return {
        "message": "" if ending.message == said else ending.message,
        "attempts": ",".join(job_record.attempt(each) for each in attempts),
        "result": job_record.packed(result) if result else "",
        "error": job_record.packed(ending.error) if ending.error else "",
        "claims": str(claims or ""),
        "ends_ms": str(ends_ms or ""),
        "lost_ms": str(_lost_ms(job, ending) or ""),
        **({"provider_id": ending.provider_id} if ending.provider_id else {}),
        **({} if ending.status == "sending" or not job.past else {"past": ""}),
    }


def _lost_ms(job: Job, ending: Ending) -> int:
    """What may have arrived stays so until a look-up proves that it did not, or the job ends."""
    if ending.status not in ("queued", "sending") or ending.detail == ABSENT:
        return 0
    return ending.lost_ms or job.lost_ms


def timeline(job: Job, ending: Ending, now: int) -> list[Mapping[str, Any]]:
    """The attempts with this ending. The same outcome again only moves its time, so a job that
    waits for an hour does not fill its record. A job that may take another connection says which
    one an attempt was made through."""
    entry = {"at": times.from_ms(now), "outcome": ending.outcome, "detail": ending.detail}
    if job.legs:
        entry["connection"] = job.connection
    last = job.attempts[-1] if job.attempts else {}
    same = all(last.get(name) == entry[name] for name in entry if name != "at")
    kept = job.attempts[:-1] if same else job.attempts
    # When it was asked for again names its send; see record.reference.
    asked = [each for each in kept[:-KEPT] if each["outcome"] in job_record.AGAIN][-1:]
    return [*asked, *kept[len(asked) - KEPT :], entry]
