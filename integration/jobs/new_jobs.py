"""New jobs: what a validated call asks for, as records that are not stored yet."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from integration.accounts.connections import Connection
from integration.jobs import batches, legs, record
from integration.jobs.counted_parts import counted_parts
from integration.jobs.facts import FACTS
from integration.jobs.record import Job
from integration.kernel import request_id
from integration.kernel.specs import Action
from integration.store.clock import wall_ms


class NoAccount(NamedTuple):
    """In the place of a connection, for an action that asks none."""

    workspace: str
    id: str = ""
    provider: str = ""


Place = Connection | NoAccount


def made(connection: Place, action: Action, values: Mapping[str, Any]) -> list[Job]:
    """One job, or one for each recipient."""
    parts = values[action.split] if action.split else [None]
    if action.split is None or len(parts) == 1:
        only = {**values, action.split: parts[0]} if action.split else values
        return [_job(connection, action, only, f"job_{secrets.token_hex(10)}")]
    batch = batches.new_id(len(parts))
    return [
        _job(connection, action, {**values, action.split: part}, job_id, batch)
        for part, job_id in zip(parts, batches.job_ids(batch), strict=True)
    ]


def _job(
    connection: Place,
    action: Action,
    values: Mapping[str, Any],
    job_id: str,
    batch: str | None = None,
) -> Job:
    now = wall_ms()
    # Of an action that asks no account it is a part of what is asked.
    left_out = ("connection",) if connection.id else ()
    shown = action.settling and action.settling.shown
    status = "scheduled" if record.starts_ms(values) > now else "queued"
    return Job(
        id=job_id,
        workspace=connection.workspace,
        action=action.key,
        status=status,
        input={key: value for key, value in values.items() if key not in left_out},
        connection=connection.id,
        provider=connection.provider,
        created_ms=now,
        updated_ms=now,
        first_ms=now,
        message=record.SAID[status],
        batch_id=batch,
        segments=counted_parts(action, values),
        equal=digest(action.key, shown(values)) if shown else "",
        request_id=request_id.current.get(),
    )


def as_accepted(job: Job) -> Job:
    """The job as it was when it was accepted; one that asks no account was done then."""
    if not job.connection:
        return job
    later = record.starts_ms(job.input) > job.created_ms
    status = "scheduled" if later else "queued"
    return Job(
        id=job.id,
        status=status,
        message=record.SAID[status],
        **{**{name: getattr(job, name) for name in FACTS}, **legs.as_accepted(job)},
        updated_ms=job.created_ms,
        first_ms=job.created_ms,
    )


def digest(action: str, shown: str) -> str:
    """What two jobs share that a provider's history cannot tell apart."""
    return hashlib.sha256(json.dumps([action, shown]).encode()).hexdigest()[:16]
