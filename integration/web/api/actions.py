"""Actions and jobs: `POST /v1/actions/{key}` and what becomes of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask import Blueprint, request

from integration.accounts import connection_cache, connections
from integration.jobs import accept, default_device, ledger, listing, retry_and_cancel, wait
from integration.jobs.accept import Accepted, Manner, Moved, Order
from integration.kernel.call_options import Handling
from integration.kernel.errors import (
    Conflict,
    Forbidden,
    HooklineError,
    InvalidInput,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from integration.kernel.fields import blank
from integration.kernel.specs import Action
from integration.store.pipeline import Command
from integration.web.core import admission, paging, reading
from integration.web.core.answers import Reply, as_json, page
from integration.web.core.current import call, services, workspace

routes = Blueprint("jobs", __name__, url_prefix="/v1")
MOST_MOVES = 3
REFUSED = (Conflict, Forbidden, RateLimited, Unauthenticated)
"""What no other state of the connections would change."""
HANDLING = frozenset(Handling().fields)


@routes.post("/actions/<key>")
@admission.joined
def run(key: str) -> Reply:
    action = services().catalog.action(key)
    body = reading.body()
    handling = _handling(body)
    seconds = handling.get("wait", 0)
    accepted = take(action, body, handling.get("idempotency_key"), awaited=bool(seconds))
    response = as_json(*outcome(accepted, seconds))
    if accepted.again:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def take(
    action: Action,
    body: Mapping[str, Any],
    idempotency_key: str | None,
    *,
    awaited: bool = False,
) -> Accepted:
    """Validate the call, choose its connection, commit its jobs."""
    given = {name: value for name, value in body.items() if name not in HANDLING}
    digest = _digest(given) if idempotency_key else ""
    manner = Manner(key=idempotency_key, digest=digest, awaited=awaited, stamp="")
    try:
        return _taken(action, given, manner)
    except REFUSED:
        raise
    except (HooklineError, Moved) as error:
        if call().caller is None:
            admission.admit()
        # What was accepted is not refused later because a phone has gone since.
        first = accept.earlier(services(), workspace(), action, manner)
        if first:
            return first
        if isinstance(error, HooklineError) and connection_cache.holds(services(), workspace()):
            raise
    # And nothing is refused because of connections that are others by now.
    for _ in range(MOST_MOVES):
        connection_cache.forget(services(), workspace())
        with suppress(Moved):
            return _taken(action, given, manner)
    raise Unavailable("The connections are being changed right now; try again.", retry_after=1)


def _taken(action: Action, given: Mapping[str, Any], manner: Manner) -> Accepted:
    values = reading.load(action.inputs, given)
    orders: list[Order] = []

    def wish(home: str) -> tuple[Sequence[str], Sequence[Any], Sequence[Command]]:
        orders.append(_order(action, values, manner, home))
        return orders[-1].slots, orders[-1].args, ()

    [answer] = admission.step(accept.ACCEPT, wish)
    return accept.told(services(), orders[-1], [each.decode() for each in answer])


def _order(action: Action, values: Mapping[str, Any], manner: Manner, home: str) -> Order:
    mine = connection_cache.of(services(), home)
    wanted = values.get("connection")
    fit = connections.fitting(services(), mine.connections, action.needs, wanted)
    values = default_device.complete(services(), fit[0], values, action.inputs, before=_let_in)
    default_device.check_media(services(), values)
    return accept.order(fit[0], action, values, replace(manner, stamp=mine.stamp))


def _let_in() -> None:
    """A provider is asked only for a caller who is let in: its limit is the workspace's."""
    if call().caller is None:
        admission.admit()


def _handling(body: dict[str, Any]) -> dict[str, Any]:
    """From the body, the query (`wait`) and the header (`Idempotency-Key`)."""
    given = {name: value for name, value in body.items() if name in HANDLING}
    asked = reading.query().get("wait")
    seconds = asked[0] if isinstance(asked, list) else asked
    if not blank(seconds):
        given["wait"] = seconds
    header = call().header("HTTP_IDEMPOTENCY_KEY").strip().strip('"')
    if header:
        given["idempotency_key"] = header
    return reading.load(Handling, given)


def _digest(given: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[: accept.DIGITS]


def outcome(accepted: Accepted, seconds: int) -> tuple[Mapping[str, Any], int]:
    """The answer to a call after waiting so long, and its status; raises a provider's refusal."""
    if not seconds:
        return accepted.answer, 202
    jobs, done = wait.settled(services(), accepted, seconds)
    if len(jobs) == 1 and jobs[0].status == "failed":
        raise wait.refusal(jobs[0])
    shown = [ledger.shown(job) for job in jobs]
    if len(shown) == 1:
        return shown[0], 200 if done else 202
    return {**accepted.answer, "jobs": shown}, 200 if done else 202


@routes.get("/jobs")
def every() -> Reply:
    limit, offset = paging.asked()
    status = request.args.get("status", "").strip()
    if status and status not in ledger.STATUSES:
        sentence = f"status must be one of {', '.join(ledger.STATUSES)}."
        raise InvalidInput(sentence, errors={"status": [sentence]})
    found, following = listing.listed(services(), workspace(), limit, offset, status)
    return page([ledger.shown(job) for job in found], paging.cursor(following))


@routes.get("/jobs/<job_id>")
def look(job_id: str) -> Reply:
    return as_json(ledger.shown(ledger.get(services(), workspace(), job_id)))


@routes.post("/jobs/<job_id>/retry")
def retry(job_id: str) -> Reply:
    job = ledger.get(services(), workspace(), job_id)
    return as_json(ledger.shown(retry_and_cancel.retry(services(), job)), 202)


@routes.delete("/jobs/<job_id>")
def cancel(job_id: str) -> Reply:
    job = ledger.get(services(), workspace(), job_id)
    return as_json(ledger.shown(retry_and_cancel.cancel(services(), job)))
