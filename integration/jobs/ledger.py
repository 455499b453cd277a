"""The ledger: the truth about every job; RQ only runs them.

queued → sending (lease and token) → sent, failed or unknown; a second run of the same job finds
nothing to claim. All steps are scripts, so a process can die between any two of them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from integration import keys
from integration.clock import now_ms
from integration.kernel import times
from integration.kernel.catalog import dashed
from integration.kernel.errors import NotFound
from integration.services import Services
from integration.store import Script

CLAIM = Script(__file__, "claim")
FINISH = Script(__file__, "rank", "finish")
CALL_SECONDS = 10.0
"""The hard end of everything that one claim does upstream."""
LEASE_MS = 12_000
"""How long a claim holds: longer than CALL_SECONDS, so when another process may take the job up,
the first one is dead or has nothing on the wire any more. Hence no renewal is needed."""
STATUSES = (
    "scheduled",
    "queued",
    "sending",
    "sent",
    "delivered",
    "failed",
    "unknown",
    "cancelled",
)
ANSWERED = ("sent", "delivered", "failed", "cancelled")
"""What a waiting caller gets a final answer for; an unknown outcome is not one."""
SETTLED = ("sent", "delivered", "failed", "unknown", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job as the ledger has it; times are milliseconds since 1970."""

    id: str
    workspace: str
    action: str
    status: str
    input: Mapping[str, Any]
    connection: str
    provider: str
    created_ms: int
    updated_ms: int
    first_ms: int
    provider_id: str | None
    message: str
    attempts: Sequence[Mapping[str, Any]]
    receipts: Sequence[Mapping[str, Any]]
    batch_id: str | None
    segments: int | None
    error: Mapping[str, Any] | None
    result: Mapping[str, Any]
    equal: str
    quiet_ms: int = 0
    """Until when its absence from the provider's history proves nothing."""
    running: bool = False
    """Whether some process is making the upstream call right now, or died while it did."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A job that this process holds. `mode` says whether to send it or to find out first.

    `began` is the monotonic time from which the lease counts; all calls end CALL_SECONDS later.
    """

    job: Job
    token: str
    mode: Literal["send", "settle"]
    claims: int
    began: float

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
    # Before the store is asked: a slow store must shorten our calls, never outlast the lease.
    now, began = now_ms(), time.monotonic()
    slots = [keys.job(job_id), keys.JOBS_DUE, keys.JOBS_LEASED]
    answer = CLAIM.run(services.db, slots, [job_id, token, now, now + LEASE_MS])
    if not answer:
        return None
    job = by_id(services, job_id)
    assert job, "a claimed job is there"
    claims = int(answer[1] or 0)
    return Claim(job=job, token=token, mode=answer[0], claims=claims, began=began)


def finish(services: Services, held: Claim, ending: Ending) -> bool:
    """Record the ending; False when the lease was lost and another process has the job."""
    job, now = held.job, now_ms()
    attempts = _with(job.attempts, ending, now)
    fields = {
        "message": ending.message,
        "attempts": ",".join(json.dumps(each, ensure_ascii=False) for each in attempts),
        "provider_id": ending.provider_id or job.provider_id or "",
        "result": json.dumps(dict(ending.result or job.result), ensure_ascii=False),
        "error": json.dumps(ending.error) if ending.error else "",
    }
    if ending.quiet_ms:
        fields["quiet_ms"] = str(ending.quiet_ms)
    pairs = [part for pair in fields.items() for part in pair]
    known = ending.provider_id or ""
    slots = [
        keys.job(job.id),
        keys.JOBS_DUE,
        keys.JOBS_LEASED,
        keys.settled_signal(job.id),
        keys.reference(job.connection, known) if known else "",
        keys.parked(job.connection, known) if known else "",
    ]
    head = [job.id, held.token, now, ending.status, ending.later_ms, keys.JOB_SECONDS]
    return bool(FINISH.run(services.db, slots, [*head, len(pairs), *pairs]))


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
    record = services.db.hgetall(keys.job(job_id))
    return _job(record) if "action" in record else None


def get(services: Services, workspace: str, job_id: str) -> Job:
    found = by_id(services, job_id)
    if found is None or found.workspace != workspace:
        raise NotFound("There is no job with this id in this workspace.")
    return found


def several(services: Services, ids: Sequence[str]) -> list[Job | None]:
    with services.db.pipeline(transaction=False) as pipe:
        for each in ids:
            pipe.hgetall(keys.job(each))
        records = pipe.execute()
    return [_job(record) if "action" in record else None for record in records]


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


def _job(record: Mapping[str, str]) -> Job:
    created = int(record["created_ms"])
    return Job(
        id=record["id"],
        workspace=record["workspace"],
        action=record["action"],
        status=record["status"],
        input=json.loads(record["input"]),
        connection=record["connection"],
        provider=record["provider"],
        created_ms=created,
        updated_ms=int(record.get("updated_ms", created)),
        first_ms=int(record.get("first_ms", created)),
        provider_id=record.get("provider_id") or None,
        message=record["message"],
        attempts=json.loads(f"[{record.get('attempts', '')}]"),
        receipts=json.loads(f"[{record.get('receipts', '')}]"),
        batch_id=record.get("batch_id") or None,
        segments=int(record["segments"]) if record.get("segments") else None,
        error=json.loads(record["error"]) if record.get("error") else None,
        result=json.loads(record.get("result") or "{}"),
        equal=record["equal"],
        quiet_ms=int(record.get("quiet_ms", 0)),
        running="token" in record and record.get("mode") == "send",
    )
