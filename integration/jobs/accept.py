"""Accept: from validated input to committed jobs, once for one idempotency key."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integration import keys
from integration.accounts.connections import Connection
from integration.clock import now_ms, wall_ms
from integration.jobs import ledger, queue
from integration.jobs.job_record import Job
from integration.kernel.errors import Conflict
from integration.kernel.segments import segments
from integration.kernel.specs import Action
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import Script

ACCEPT = Script(__file__, "accept")
WATCH_MS = 5_000
"""How long after its enqueueing the sweeper begins to wonder where a job is."""
MOST_IN_RQ = 1_000


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """`answer` is the body of the first answer; `again` says that it was given before."""

    answer: Mapping[str, Any]
    job_ids: Sequence[str]
    again: bool


def accept(
    services: Services,
    connection: Connection,
    action: Action,
    values: Mapping[str, Any],
    *,
    idempotency_key: str | None,
    body_digest: str,
) -> Accepted:
    """Commit one job, or one for each recipient. Conflict when the key came with another body.

    When this returns, the jobs survive the death of any process.
    """
    made = _jobs(connection, action, values)
    answer = _answer(made)
    name = _idempotency_name(connection.workspace, action, idempotency_key)
    outcome, first = _commit(services, made, name, body_digest, answer)
    if outcome == b"conflict":
        raise _reused()
    # A wake-up for jobs that were not made finds nothing to claim.
    if outcome == b"again":
        answer = json.loads(first)
    return _accepted(answer, again=outcome == b"again")


def earlier(
    services: Services, workspace: str, action: Action, key: str | None, body_digest: str
) -> Accepted | None:
    """What was answered under this idempotency key, None where it is new."""
    name = _idempotency_name(workspace, action, key)
    if not name:
        return None
    digest, answer = services.db.hmget(name, "digest", "answer")
    if not digest:
        return None
    if digest != body_digest:
        raise _reused()
    return _accepted(json.loads(answer), again=True)


def _reused() -> Conflict:
    return Conflict(
        "This idempotency key was used with another body in the last 24 hours;"
        " use a new key for a new message."
    )


def _accepted(answer: Mapping[str, Any], *, again: bool) -> Accepted:
    ids = [each["id"] for each in answer.get("jobs", [answer])]
    return Accepted(answer=answer, job_ids=ids, again=again)


def _commit(
    services: Services, made: Sequence[Job], name: str, digest: str, answer: Mapping[str, Any]
) -> tuple[bytes, bytes]:
    """The records and RQ's wake-ups in one MULTI: all of it is there, or nothing."""
    head = [digest, json.dumps(answer, ensure_ascii=False), keys.IDEMPOTENCY_SECONDS]
    args: list[Any] = [*head, keys.JOBS_KEPT, len(made)]
    for job in made:
        args += _arguments(job)
    slots = [name, keys.jobs(made[0].workspace), keys.JOBS_DUE]
    ready = [job.id for job in made if job.status == "queued"]
    with services.raw.pipeline(transaction=True) as pipe:
        ACCEPT.queue(pipe, slots, args)
        queue.add(queue.open_queue(services.raw, keys.RQ_ACTIONS), ready, pipe)
        outcome: bytes
        outcome, first = pipe.execute()[0]
    return outcome, first


def _idempotency_name(workspace: str, action: Action, given: str | None) -> str:
    if not given:
        return ""
    digest = hashlib.sha256(f"{action.key} {given}".encode()).hexdigest()
    return keys.idempotency(workspace, digest)


def _jobs(connection: Connection, action: Action, values: Mapping[str, Any]) -> list[Job]:
    parts = values[action.split] if action.split else [None]
    batch = f"bat_{secrets.token_hex(8)}" if len(parts) > 1 else None
    return [
        _job(connection, action, {**values, action.split: part} if action.split else values, batch)
        for part in parts
    ]


def _job(
    connection: Connection, action: Action, values: Mapping[str, Any], batch: str | None
) -> Job:
    now = wall_ms()
    at = values.get("schedule_at")
    later = at is not None and parse_strict(at).timestamp() * 1000 > now
    text = values.get("message")
    return Job(
        id=f"job_{secrets.token_hex(12)}",
        workspace=connection.workspace,
        action=action.key,
        status="scheduled" if later else "queued",
        input={key: value for key, value in values.items() if key != "connection"},
        connection=connection.id,
        provider=connection.provider,
        created_ms=now,
        updated_ms=now,
        first_ms=now,
        provider_id=None,
        message="Scheduled." if later else "Queued.",
        attempts=[],
        receipts=[],
        batch_id=batch,
        segments=segments(text).parts if action.key == "send_sms" and text else None,
        error=None,
        result={},
        equal=_digest(action, values),
    )


def _digest(action: Action, values: Mapping[str, Any]) -> str:
    """What two jobs share that a provider's history cannot tell apart."""
    aside = {"schedule_at", "connection"}
    facts = sorted((key, value) for key, value in values.items() if key not in aside)
    return hashlib.sha256(json.dumps([action.key, facts]).encode()).hexdigest()[:32]


def _answer(made: Sequence[Job]) -> dict[str, Any]:
    shown = [ledger.shown(job) for job in made]
    if len(shown) == 1:
        return shown[0]
    first = shown[0]
    return {
        "id": first["batch_id"],
        "batch_id": first["batch_id"],
        "action": first["action"],
        "status": first["status"],
        "message": f"{len(shown)} jobs, one for each recipient.",
        "jobs": shown,
    }


def _arguments(job: Job) -> list[Any]:
    ready = now_ms()
    due = ready + WATCH_MS
    if job.status == "scheduled":
        at_ms = int(parse_strict(job.input["schedule_at"]).timestamp() * 1000)
        ready = due = ready + at_ms - wall_ms()
    fields = {
        "id": job.id,
        "workspace": job.workspace,
        "action": job.action,
        "status": job.status,
        "input": json.dumps(dict(job.input), ensure_ascii=False),
        "connection": job.connection,
        "provider": job.provider,
        "created_ms": job.created_ms,
        # At once is 0 and not our time: a worker's may lag by a moment, and would then leave the
        # job to the sweep, five seconds later.
        "due_ms": ready if job.status == "scheduled" else 0,
        "message": job.message,
        "equal": job.equal,
        "batch_id": job.batch_id or "",
        "segments": job.segments or "",
    }
    pairs = [part for pair in fields.items() for part in pair]
    equal = keys.equal_sends(job.connection, job.equal)
    return [job.id, keys.job(job.id), equal, job.created_ms, due, len(pairs), *pairs]
