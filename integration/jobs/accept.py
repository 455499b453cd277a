"""Accept: from validated input to committed jobs, once for one idempotency key."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integration.accounts.connections import Connection
from integration.accounts.gate import open_door, together
from integration.jobs import ledger, record, rq_queue
from integration.jobs.record import Job
from integration.kernel.errors import Conflict
from integration.kernel.segments import segments
from integration.kernel.specs import Action
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.clock import now_ms, wall_ms

ACCEPT = together(__file__, "rq_enqueue", "accept")
WATCH_MS = 5_000
"""How long after its enqueueing the sweeper begins to wonder where a job is."""
DIGITS = 32
"""Of a digest that no two calls may share: 128 bits."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a call is accepted: under which idempotency key, with which body, by which stamp of the
    connections, and whether somebody waits for the outcome."""

    stamp: str
    key: str | None = None
    digest: str = ""
    awaited: bool = False


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """`answer` is the body of the first answer; `again` says that it was given before, `awaited`
    that its jobs will signal their end."""

    answer: Mapping[str, Any]
    job_ids: Sequence[str]
    again: bool = False
    awaited: bool = False


class Moved(Exception):
    """The workspace's connections are others by now than those that the job was to go by."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What ACCEPT is to commit: its jobs, its keys and arguments."""

    jobs: Sequence[Job]
    awaited: bool
    slots: Sequence[str]
    args: Sequence[Any]


def accept(
    services: Services,
    connection: Connection,
    action: Action,
    values: Mapping[str, Any],
    manner: Manner,
) -> Accepted:
    """`order` and `told`, for what nobody has to be let in for."""
    ordered = order(connection, action, values, manner)
    slots, args = open_door(ordered.slots, ordered.args)
    return told(services, ordered, ACCEPT.run(services.db, slots, args)[3:])


def order(
    connection: Connection, action: Action, values: Mapping[str, Any], manner: Manner
) -> Order:
    """One job, or one for each recipient; the records and RQ's wake-ups are committed in one
    step: all of it is there, or nothing."""
    made, actions, workspace = (
        _jobs(connection, action, values),
        keys.RQ_ACTIONS,
        connection.workspace,
    )
    slots = [
        _idempotency_name(workspace, action, manner.key),
        keys.jobs(workspace),
        keys.JOBS_DUE,
        rq_queue.waiting(actions),
        keys.connections_stamp(workspace),
    ]
    args: list[Any] = [
        manner.digest,
        lifetimes.IDEMPOTENCY_SECONDS,
        lifetimes.JOBS_KEPT,
        keys.job.prefix,
    ]
    args += [*rq_queue.how(actions, rq_queue.PERFORM), int(manner.awaited), manner.stamp]
    for job in made:
        args += _arguments(job)
    return Order(jobs=made, awaited=manner.awaited, slots=slots, args=args)


def told(services: Services, ordered: Order, answer: Sequence[str]) -> Accepted:
    """What ACCEPT made of an order. When this returns, the jobs survive the death of any process.

    Raises Conflict when the key came with another body, or Moved; then nothing was accepted.
    """
    outcome, first = answer
    if outcome == "conflict":
        raise _reused()
    if outcome == "again":
        return _again(services, first)
    if outcome == "moved":
        raise Moved
    # One that is scheduled is looked at first: its time may lie behind the wait.
    marked = ordered.awaited and ordered.jobs[0].status == "queued"
    ids = [job.id for job in ordered.jobs]
    return Accepted(answer=_answer(ordered.jobs), job_ids=ids, awaited=marked)


def earlier(services: Services, workspace: str, action: Action, manner: Manner) -> Accepted | None:
    """What was answered under this idempotency key, None where it is new."""
    name = _idempotency_name(workspace, action, manner.key)
    if not name:
        return None
    digest, _, ids = (services.db.get(name) or "").partition(" ")
    if not digest:
        return None
    if digest != manner.digest:
        raise _reused()
    return _again(services, ids)


def _reused() -> Conflict:
    return Conflict(
        "This idempotency key was used with another body in the last 24 hours;"
        " use a new key for a new message."
    )


def _again(services: Services, ids: str) -> Accepted:
    """The first answer: it follows from what the jobs were accepted with, which never changes."""
    found = [each for each in ledger.several(services, ids.split()) if each]
    if not found:
        raise Conflict(
            "What was accepted under this idempotency key is no longer there;"
            " use a new key to have it done again."
        )
    return Accepted(
        answer=_answer([_at_first(job) for job in found]),
        job_ids=[job.id for job in found],
        again=True,
    )


def _at_first(job: Job) -> Job:
    later = _starts_ms(job.input) > job.created_ms
    status = "scheduled" if later else "queued"
    return Job(
        id=job.id,
        status=status,
        message=record.SAID[status],
        **{name: getattr(job, name) for name in record.FACTS},
        updated_ms=job.created_ms,
        first_ms=job.created_ms,
    )


def _idempotency_name(workspace: str, action: Action, given: str | None) -> str:
    if not given:
        return ""
    digest = hashlib.sha256(f"{action.key} {given}".encode()).hexdigest()
    return keys.idempotency(workspace, digest[:DIGITS])


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
    text = values.get("message")
    status = "scheduled" if _starts_ms(values) > now else "queued"
    return Job(
        id=f"job_{secrets.token_hex(10)}",
        workspace=connection.workspace,
        action=action.key,
        status=status,
        input={key: value for key, value in values.items() if key != "connection"},
        connection=connection.id,
        provider=connection.provider,
        created_ms=now,
        updated_ms=now,
        first_ms=now,
        message=record.SAID[status],
        batch_id=batch,
        segments=segments(text).parts if action.key == "send_sms" and text else None,
        equal=_digest(action, values),
    )


def _starts_ms(values: Mapping[str, Any]) -> float:
    """When it is to be done, by the wall clock; 0 for at once."""
    at = values.get("schedule_at")
    return parse_strict(at).timestamp() * 1000 if at else 0


def _digest(action: Action, values: Mapping[str, Any]) -> str:
    """What two jobs share that a provider's history cannot tell apart; "" where none is asked."""
    if action.settling is None or not action.settling.one_each:
        return ""
    aside = {"schedule_at", "connection"}
    facts = sorted((key, value) for key, value in values.items() if key not in aside)
    return hashlib.sha256(json.dumps([action.key, facts]).encode()).hexdigest()[:16]


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
    now = now_ms()
    if job.status == "queued":
        return [job.id, record.written(job), job.status, now + WATCH_MS, ""]
    starts = now + int(_starts_ms(job.input)) - wall_ms()
    return [job.id, record.written(job), job.status, starts, starts]
