"""The ledger: the truth about every job; RQ only runs them.

queued → sending (lease and token) → sent, failed or unknown; a second run of the same job finds
nothing to claim. All steps are scripts, so a process can die between any two of them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from redis.exceptions import ResponseError

from integration.jobs import record as job_record
from integration.jobs import rq_queue, tell
from integration.jobs.record import Job
from integration.kernel import times
from integration.kernel.capabilities import SendsMms, SendsSms
from integration.kernel.catalog import dashed
from integration.kernel.errors import NotFound
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.client import Script
from integration.store.clock import now_ms, wall_ms

CLAIM = Script(__file__, "decode_facts", "claim")
FINISH = Script(
    __file__, "decode_facts", "status_events", "apply_receipt", "provider_ids", "finish"
)
CALL_SECONDS = 8.5
"""The hard end of everything that one claim does upstream."""
LEASE_MS = 10_500
"""How long a claim holds: longer than CALL_SECONDS, so when another process may take the job up,
the first one is dead or has nothing on the wire any more. Hence no renewal is needed. The two
seconds between them are for a store that answers late and for times that lag by as much."""
SETTLED, STATUSES = job_record.SETTLED, job_record.STATUSES
ANSWERED = ("sent", "delivered", "failed", "cancelled")
"""What a waiting caller gets a final answer for; an unknown outcome is not one."""
NOT_SENT = "not-sent"
"""The outcome of an attempt that the provider knows nothing of."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A job that this process holds. `mode` says whether to send it or to find out first.

    `began` is the monotonic time from which the lease counts; all calls end CALL_SECONDS later.
    `account` is the record of the job's connection, empty where there is none.
    """

    job: Job
    token: str
    mode: Literal["send", "settle"]
    claims: int
    began: float
    account: Mapping[str, str]

    def seconds_left(self) -> float:
        return max(0.0, self.began + CALL_SECONDS - time.monotonic())


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How an attempt ended. `later_ms` is when to go on, for "queued" and "sending"."""

    status: str
    message: str
    outcome: str
    detail: str
    later_ms: int = 0
    quiet_ms: int = 0
    provider_id: str | None = None
    result: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None


def claim(services: Services, job_id: str, token: str) -> Claim | None:
    """Hold the job for this process, None where there is nothing to do."""
    # Before the store is asked: a slow store must shorten our calls, never outlast the lease. And
    # in this order: a process that is stopped between the two must not think it has longer.
    began = time.monotonic()
    now = now_ms()
    args = [job_id, token, now, now + LEASE_MS, wall_ms(), keys.connection.prefix]
    args += [
        keys.sends.prefix,
        lifetimes.SENDS_SECONDS * 1000,
        rq_queue.moment(),
        rq_queue.FAILED_SECONDS,
    ]
    try:
        answer = CLAIM.run(services.db, claim_slots(job_id), args)
    except ResponseError as error:
        damaged.note_refusal(services.db, keys.job(job_id), error)
        put_aside(services, job_id)
        return None
    if not answer:
        return None
    mode, claims, record, account = answer
    return Claim(
        job=job_record.read(job_id, damaged.texts(services.db, keys.job(job_id), _members(record))),
        token=token,
        mode=mode,
        claims=int(claims or 0),
        began=began,
        account=_members(account),
    )


def claim_slots(job_id: str) -> list[str]:
    """The keys of claim.lua."""
    slots = [keys.job(job_id), keys.JOBS_DUE, keys.JOBS_LEASED]
    return [*slots, rq_queue.record(job_id), rq_queue.taken(keys.RQ_ACTIONS)]


def _members(flat: Sequence[str]) -> dict[str, str]:
    """A hash as scripts give one back."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def put_aside(services: Services, job_id: str) -> None:
    """See that nobody takes this id up again; there is no job that could be worked on."""
    with services.db.pipeline(transaction=True) as pipe:
        pipe.zrem(keys.JOBS_DUE, job_id)
        pipe.zrem(keys.JOBS_LEASED, job_id)
        pipe.execute()


def finish(services: Services, held: Claim, ending: Ending) -> bool:
    """Record the ending; False when the lease was lost and another process has the job."""
    job, now, number = held.job, wall_ms(), ending.provider_id or ""
    fields = _fields(held, ending, now)
    lost = [name for name, value in fields.items() if not value]
    pairs = [part for pair in fields.items() if pair[1] for part in pair]
    slots = [
        keys.job(job.id),
        keys.JOBS_DUE,
        keys.JOBS_LEASED,
        keys.settled_signal(job.id),
        rq_queue.record(job.id),
        keys.references.prefix + job.connection if number else "",
        keys.parked(job.connection, number) if number else "",
        *tell.slots(job.workspace, message=is_message(services, job)),
    ]
    head = [job.id, held.token, now, ending.status, ending.later_ms, lifetimes.JOB_SECONDS]
    head += [number, rq_queue.moment(), rq_queue.KEPT_SECONDS, *tell.args(job.workspace, now)]
    head += [ending.message, len(lost), *lost]
    return bool(FINISH.run(services.db, slots, [*head, *pairs]))


def _fields(held: Claim, ending: Ending, now: int) -> dict[str, str]:
    """What the ending makes of the record; a field without a value goes."""
    job, result = held.job, ending.result or held.job.result
    attempts = _with(job.attempts, ending, now)
    # A job that is found unsent again and again, and breaks each process that tries to send
    # it, would go round for ever; what its provider says of itself is no such sign.
    claims = held.claims if ending.outcome == NOT_SENT else 0
    quiet_ms, said = ending.quiet_ms or job.quiet_ms, job_record.SAID.get(ending.status)
    return {
        "message": "" if ending.message == said else ending.message,
        "attempts": ",".join(job_record.attempt(each) for each in attempts),
        "provider_id": ending.provider_id or job.provider_id or "",
        "result": job_record.packed(result) if result else "",
        "error": job_record.packed(ending.error) if ending.error else "",
        "claims": str(claims or ""),
        "quiet_ms": str(quiet_ms or ""),
    }


def is_message(services: Services, job: Job) -> bool:
    """Whether the job sends a message, whose status people follow."""
    action = services.catalog.actions.get(job.action)
    return action is not None and action.needs in (SendsSms, SendsMms)


def _with(
    attempts: Sequence[Mapping[str, Any]], ending: Ending, now: int
) -> list[Mapping[str, Any]]:
    """The timeline with this ending; the same outcome again only moves its time, so that a
    job that waits for an hour does not fill its record."""
    entry = {"at": times.from_ms(now), "outcome": ending.outcome, "detail": ending.detail}
    last = attempts[-1] if attempts else {}
    same = (last.get("outcome"), last.get("detail")) == (ending.outcome, ending.detail)
    kept = attempts[:-1] if same else attempts
    return [*kept[-49:], entry]


def by_id(services: Services, job_id: str) -> Job | None:
    return several(services, [job_id])[0]


def get(services: Services, workspace: str, job_id: str) -> Job:
    found = by_id(services, job_id)
    if found is None or found.workspace != workspace:
        raise NotFound("There is no job with this id in this workspace.")
    return found


def several(services: Services, ids: Sequence[str]) -> list[Job | None]:
    records = damaged.hashes(services.db, [keys.job(each) for each in ids])
    return [
        job_record.read(job_id, record) if record else None
        for job_id, record in zip(ids, records, strict=True)
    ]


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
        "message": job.message,
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
    return body
