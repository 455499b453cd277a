"""Accept: from validated input to committed jobs, once for one idempotency key.

`command` builds the one script call that admits the caller and stores the jobs. The route commits
it (web/core/admission.py). `result` reads what the script returned.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Unpack

from integration.accounts.connections import Connection
from integration.accounts.gate import Admission
from integration.jobs import batches, duplicates, late, ledger, new_jobs, record, rq_queue
from integration.jobs.duplicates import NO_TEXTS, Texts
from integration.jobs.fallbacks import NO_FALLBACKS, Fallbacks
from integration.jobs.record import Job
from integration.jobs.rq_queue import ADMIT, Admitting
from integration.kernel.errors import Conflict, RateLimited
from integration.kernel.specs import Action
from integration.services import Services
from integration.store import keys, measures, replicas
from integration.store.client import raw
from integration.store.clock import now_ms, wall_ms
from integration.store.script import Rows, ScriptCall, script

AHEAD_MS = 1_000
"""How much earlier a job for at once is due than it was accepted: clocks may lag by as much."""
FULL_SECONDS = 60
DIGITS = 32
"""Of a digest that no two calls may share: 128 bits."""


class NewJob(NamedTuple):
    """A job as accept.lua takes it. `due` is its place in the lane, `not_before` when it may start
    ("" for at once), `late` until when ("" for no end); all of `now_ms`. `digests` are those
    of its text and number, "" for a call that refuses no duplicates."""

    id: str
    facts: str
    request_id: str
    created: int
    status: str
    due: float
    not_before: int | str
    late: int | str
    digests: str


class Accepting(Admitting, Admission):
    """What this script shares with others."""


@script("accounts/window", "accounts/admit", *ADMIT, "statuses", "duplicates", "accept")
def ACCEPT(
    *,
    idempotency: str,
    workspace: str,
    lane: str,
    backlog: int,
    body_digest: str,
    stamp: str,
    counted: str,
    within_ms: int,
    legs: str,
    failover_ms: int,
    new_jobs: Rows[NewJob],
    **shared: Unpack[Accepting],
) -> None:
    """Admit a call and accept its jobs."""


@dataclass(frozen=True, kw_only=True)
class AcceptOptions:
    """How a call is accepted. `stamp` is that of the cached connections, `key` the idempotency key,
    `digest` that of the body. `backlog` is how many jobs may wait in the workspace."""

    stamp: str
    pepper: str
    """What recipients are hashed with where their number is limited (pacing.py)."""
    backlog: int = 0
    key: str | None = None
    digest: str = ""
    hopeless: Collection[str] = ()
    """Recipients whose jobs are due at once, whatever their time: they will be refused."""
    texts: Texts = NO_TEXTS
    """What duplicates are known by."""
    fallbacks: Fallbacks = NO_FALLBACKS
    """What the jobs may go on through."""


@dataclass(frozen=True, kw_only=True)
class AcceptCommand:
    """What is to be committed: the jobs, and the script call that stores them. `idempotency` is the
    key of the store for the caller's own, "" without one."""

    jobs: Sequence[Job]
    idempotency: str
    backlog: int
    call: Callable[[Admission], ScriptCall]


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """`answer` is the body of the first answer; `again` says that the same key came before."""

    answer: Mapping[str, Any]
    job_ids: Sequence[str]
    again: bool = False


class ConnectionsChanged(Exception):
    """Raised when the workspace's connections changed after they were cached."""


def command(
    connection: Connection, action: Action, values: Mapping[str, Any], options: AcceptOptions
) -> AcceptCommand:
    """One job, or one for each recipient. The script stores the records and RQ's wake-ups in one
    step: all of them, or nothing."""
    return of_jobs(connection, action, new_jobs.made(connection, action, values), options)


def of_jobs(
    connection: Connection, action: Action, made: Sequence[Job], options: AcceptOptions
) -> AcceptCommand:
    """The same of jobs that are made already."""
    workspace = connection.workspace
    idempotency = idempotency_name(workspace, action, options.key)

    def call(admission: Admission) -> ScriptCall:
        return ACCEPT(
            idempotency=idempotency,
            workspace=workspace,
            lane=connection.id,
            backlog=options.backlog,
            body_digest=options.digest,
            stamp=options.stamp,
            counted=measures.ACCEPTED.field(connection.provider, action.key),
            within_ms=options.texts.within_ms,
            legs=options.fallbacks.field,
            failover_ms=options.fallbacks.after * 1000,
            new_jobs=[_row(job, place, options) for place, job in enumerate(made)],
            **rq_queue.admitting(options.pepper),
            **admission,
        )

    return AcceptCommand(jobs=made, idempotency=idempotency, backlog=options.backlog, call=call)


def _row(job: Job, place: int, options: AcceptOptions) -> NewJob:
    """A batch keeps its order: its jobs are due one after the other."""
    now, phone = now_ms(), str(job.input.get("phone", ""))
    told = job.id, record.written(job), job.request_id, job.created_ms, job.status
    digests, ends_ms = options.texts.digests.get(phone, ""), late.ends_ms(job.input)
    ends = now + ends_ms - wall_ms() if ends_ms else ""
    if job.status == "queued" or phone in options.hopeless:
        return NewJob(*told, now - AHEAD_MS + place / 1000, "", ends, digests)
    starts = now + int(record.starts_ms(job.input)) - wall_ms()
    return NewJob(*told, starts, starts, ends, digests)


def result(services: Services, sent: AcceptCommand, answer: Sequence[str]) -> Accepted:
    """What ACCEPT did with a command. When this returns, the jobs survive the death of any process.

    Raises Conflict when the key came with another body, RateLimited where too many jobs wait,
    Duplicate, or ConnectionsChanged; then nothing was accepted.
    """
    outcome, first = answer
    if outcome == "full":
        raise _full(sent.backlog)
    if outcome == "met":
        raise duplicates.Duplicate(first)
    if outcome == "changed":
        raise ConnectionsChanged
    return told(services, sent.jobs, outcome, first)


def told(services: Services, jobs: Sequence[Job], outcome: str, first: str) -> Accepted:
    """The answer to a call that made these `jobs`, or to the `first` one with its idempotency key.
    Raises Conflict when the key came with another body."""
    if outcome == "conflict":
        raise _reused()
    if outcome == "again":
        return _again(services, first)
    return Accepted(answer=batches.answer(jobs), job_ids=[job.id for job in jobs])


def earlier(
    services: Services, workspace: str, action: Action, options: AcceptOptions
) -> Accepted | None:
    """What was answered under this idempotency key, None where the key is new.

    Raises NotReplicated where the store's replicas do not confirm it.
    """
    name = idempotency_name(workspace, action, options.key)
    if not name:
        return None
    digest, _, ids = (services.db.get(name) or "").partition(" ")
    if not digest:
        return None
    if digest != options.digest:
        raise _reused()
    replicas.confirm(services.db, services.settings.store_replicas, ("EXISTS", raw(name)))
    return _again(services, ids)


def _full(backlog: int) -> RateLimited:
    return RateLimited(
        f"This workspace has too many jobs that have not ended; at most {backlog:,} may wait."
        " Try again when some of them have, or cancel those that you do not need.",
        retry_after=FULL_SECONDS,
    )


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
        answer=batches.answer([new_jobs.as_accepted(job) for job in found]),
        job_ids=[job.id for job in found],
        again=True,
    )


def idempotency_name(workspace: str, action: Action, given: str | None) -> str:
    """The key of the store for a caller's idempotency key, "" without one."""
    if not given:
        return ""
    digest = hashlib.sha256(f"{action.key} {given}".encode()).hexdigest()
    return keys.idempotency(workspace, digest[:DIGITS])
