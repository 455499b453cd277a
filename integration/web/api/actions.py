"""Actions and jobs: `POST /v1/actions/{key}`, and the jobs that it makes.

A send begins in `run`; jobs/__init__.py names the files that follow.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint

from integration.accounts import belongings, connection_cache, connections, credentials, pacing
from integration.jobs import (
    accept,
    batches,
    duplicates,
    fallbacks,
    input_check,
    ledger,
    listing,
    opted_out,
    paced,
    retry_and_cancel,
    wait,
    withdraw,
)
from integration.jobs.accept import Accepted, AcceptOptions, ConnectionsChanged
from integration.jobs.duplicates import Duplicate
from integration.jobs.record import Job
from integration.jobs.withdraw import Unconfirmed
from integration.kernel.call_options import Handling
from integration.kernel.errors import (
    CapabilityMissing,
    Conflict,
    Forbidden,
    HooklineError,
    InvalidInput,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from integration.kernel.fields import blank
from integration.kernel.specs import Action, Values
from integration.web.api import own_actions, replying
from integration.web.core import admission, paging, reading, rights, trail
from integration.web.core.answers import Reply, as_json, page
from integration.web.core.current import Caller, call, services, workspace

routes = Blueprint("jobs", __name__, url_prefix="/v1")
MOST_CHANGES = 3
REFUSED = (Conflict, Duplicate, Forbidden, RateLimited, Unauthenticated, Unconfirmed)
"""Errors that fresh connections would not change. One more look at the idempotency key would find
what is not confirmed, and answer as if it were."""
HANDLING = frozenset(Handling().fields)
_in_order = json.JSONEncoder(sort_keys=True).encode


@routes.post("/actions/<key>")
@admission.admits_at_commit
def run(key: str) -> Reply:
    action = services().catalog.action(key)
    body = reading.body()
    asked = handling(body)
    seconds = asked.get("wait", 0)
    accepted = take(action, body, asked.get("idempotency_key"))
    response = as_json(*outcome(accepted, seconds))
    if accepted.again:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def take(action: Action, body: Mapping[str, Any], idempotency_key: str | None) -> Accepted:
    """Validate the call, choose its connection, commit its jobs."""
    given = {name: value for name, value in body.items() if name not in HANDLING}
    digest = _digest(given) if idempotency_key else ""
    pepper = pacing.pepper(services())
    options = AcceptOptions(key=idempotency_key, digest=digest, stamp="", pepper=pepper)
    if action.needs is None:
        return own_actions.take(action, given, options)
    try:
        return _committed(action, given, options)
    except REFUSED:
        raise
    except (HooklineError, ConnectionsChanged) as error:
        admission.ensure_admitted()
        # A call that was accepted is not refused later because a phone was removed since.
        first = accept.earlier(services(), workspace(), action, options)
        if first:
            return first
        current = connection_cache.is_current(services(), workspace())
        if isinstance(error, HooklineError) and current:
            if isinstance(error, CapabilityMissing | NotFound):
                credentials.check_opened(services(), workspace())
            raise
    # Stale connections refuse nothing either.
    for _ in range(MOST_CHANGES):
        connection_cache.forget(services(), workspace())
        with suppress(ConnectionsChanged):
            return _committed(action, given, options)
    raise Unavailable("The connections are being changed right now; try again.", retry_after=1)


def _committed(action: Action, given: Mapping[str, Any], options: AcceptOptions) -> Accepted:
    """The straight way of a send: input, ticket, connection, command, commit."""
    values: Values = reading.load(action.inputs, given)
    ticket = admission.ticket()
    values = replying.filled(services(), ticket.caller.workspace, action, values)
    cached = connection_cache.of(services(), ticket.caller.workspace)
    wanted = values.get("connection")
    # Only an admitted caller makes us ask a provider: its limit is the workspace's.
    ask = admission.ensure_admitted
    fit = connections.fitting(services(), cached.connections, action.needs, wanted)
    fit = input_check.taking(services(), fit, values)
    connection = belongings.owner(services(), fit, action.inputs, values, ask)
    phones = partial(input_check.for_call, ask)
    values = input_check.with_phone(services(), connection, action.inputs, values, phones)
    input_check.check(services(), connection, values)
    paced.check(connection, action, values)
    options = replace(
        options,
        stamp=cached.stamp,
        backlog=_backlog(ticket.caller),
        hopeless=opted_out.hopeless(services(), connection, action, values),
        fallbacks=fallbacks.chosen(services(), cached, connection, action, values),
        texts=duplicates.texts(services(), connection.workspace, action, values, cached.rules),
    )
    command = accept.command(connection, action, values, options)
    with withdraw.withdrawing(services(), command):
        [answer] = admission.commit(ticket, command.call, kept=True)
    return accept.result(services(), command, [each.decode() for each in answer])


def _backlog(who: Caller) -> int:
    return who.limits.get("backlog") or services().settings.backlog


def handling(body: dict[str, Any]) -> dict[str, Any]:
    """From the body, the query (`wait`) and the header (`Idempotency-Key`)."""
    given = {name: value for name, value in body.items() if name in HANDLING}
    asked = reading.query().get("wait")
    seconds = asked[0] if isinstance(asked, list) else asked
    if not blank(seconds):
        given["wait"] = seconds
    header = call().header("HTTP_IDEMPOTENCY_KEY").strip().strip('"')
    if header:
        given["idempotency_key"] = header
    return reading.load_each(Handling, given)


def _digest(given: dict[str, Any]) -> str:
    return hashlib.sha256(_in_order(given).encode()).hexdigest()[: accept.DIGITS]


def outcome(accepted: Accepted, seconds: int) -> tuple[Mapping[str, Any], int]:
    """The answer to a call after waiting so long, and its status; raises a provider's refusal."""
    jobs, done = wait.settled(services(), accepted, seconds) if seconds else ([], False)
    if not jobs:
        return rights.job(accepted.answer), 202
    if all(job.status == "failed" for job in jobs):
        raise wait.refusal(jobs[0], rights.job(ledger.shown(jobs[0])))
    told = jobs if done else ledger.explained(services(), jobs)
    return rights.job(batches.answer(told)), 200 if done else 202


@routes.get("/jobs")
def every() -> Reply:
    limit, before = paging.asked_place("status", "batch_id")
    status = reading.one("status")
    if status and status not in ledger.STATUSES:
        sentence = f"status must be one of {', '.join(ledger.STATUSES)}."
        raise InvalidInput(sentence, errors={"status": [sentence]})
    batch_id = reading.one("batch_id")
    found, following = listing.listed(services(), workspace(), limit, before, status, batch_id)
    told = ledger.explained(services(), found)
    return page([rights.job(ledger.shown(job)) for job in told], paging.place(following))


@routes.get("/jobs/<job_id>")
def look(job_id: str) -> Reply:
    return as_json(shown(job_id))


def shown(job_id: str) -> dict[str, Any]:
    """The job of this id, or the batch."""
    jobs = ledger.explained(services(), batches.named(services(), workspace(), job_id))
    return rights.job(batches.shown(jobs) if batches.is_id(job_id) else ledger.shown(jobs[0]))


@routes.post("/jobs/<job_id>/retry")
def retry(job_id: str) -> Reply:
    """The unknown ones of a batch stay: a text that may have arrived is decided about by itself."""
    return _changed(job_id, _retried_of_batch if batches.is_id(job_id) else _retried, 202)


def _retried_of_batch(job: Job) -> Job:
    return retry_and_cancel.retry(services(), job, retry_and_cancel.NOT_SENT)


def _retried(job: Job) -> Job:
    found = retry_and_cancel.retry(services(), job)
    if job.status == "unknown":
        trail.note("job.sent-again", job.id)
    return found


@routes.post("/jobs/<job_id>/close")
def close(job_id: str) -> Reply:
    """Somebody has found that the text of an unknown outcome arrived."""
    return _changed(job_id, _closed, 200)


def _closed(job: Job) -> Job:
    found = retry_and_cancel.close(services(), job, trail.by())
    trail.note("job.closed", job.id)
    return found


@routes.delete("/jobs/<job_id>")
def cancel(job_id: str) -> Reply:
    return _changed(job_id, partial(retry_and_cancel.cancel, services()), 200)


def _changed(job_id: str, act: Callable[[Job], Job], status: int) -> Reply:
    batches.change(batches.named(services(), workspace(), job_id), act)
    return as_json(shown(job_id), status)
