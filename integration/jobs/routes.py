"""Actions and jobs: `POST /v1/actions/{key}` and what becomes of it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, request

from integration.accounts import connections
from integration.jobs import accept, devices, ledger, listing, reopen, wait
from integration.jobs.accept import Accepted
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import Inputs, Number, Word, blank, longest
from integration.kernel.specs import Action
from integration.web import paging, reading
from integration.web.answers import as_json, page
from integration.web.current import services, workspace

routes = Blueprint("jobs", __name__, url_prefix="/v1")


class Handling(Inputs):
    """How a call is answered, beside what it asks for."""

    wait = Number(least=0, most=25, label="Wait", help="Seconds, at most 25.", sample="20")
    idempotency_key = Word(
        label="Idempotency key",
        help="The same key and body within 24 hours give the first answer again.",
        sample="order-1001",
        validate=longest(255),
    )


@routes.post("/actions/<key>")
def run(key: str) -> Response:
    action = services().catalog.action(key)
    body = reading.body()
    handling = _handling(body)
    accepted = take(action, body, handling.get("idempotency_key"))
    response = _answer(accepted, handling.get("wait", 0))
    if accepted.again:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def take(action: Action, body: dict[str, Any], idempotency_key: str | None) -> Accepted:
    """Validate the call, choose its connection, commit its jobs."""
    own = set(Handling().fields)
    given = {name: value for name, value in body.items() if name not in own}
    digest = _digest(given)
    # Before all else: what was accepted is not refused later because a phone has gone since.
    first = accept.earlier(services(), workspace(), action, idempotency_key, digest)
    if first:
        return first
    values = reading.load(action.inputs, given)
    connection = connections.able(services(), workspace(), action.needs, values.get("connection"))[
        0
    ]
    values = devices.complete(services(), connection, values, action.inputs)
    devices.check_media(services(), values)
    return accept.accept(
        services(),
        connection,
        action,
        values,
        idempotency_key=idempotency_key,
        body_digest=digest,
    )


def _handling(body: dict[str, Any]) -> dict[str, Any]:
    """From the body, the query (`wait`) and the header (`Idempotency-Key`)."""
    names = set(Handling().fields)
    given = {name: value for name, value in body.items() if name in names}
    if not blank(request.args.get("wait")):
        given["wait"] = request.args["wait"]
    header = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if header:
        given["idempotency_key"] = header
    return reading.load(Handling, given)


def _digest(given: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


def _answer(accepted: Accepted, seconds: int) -> Response:
    if not seconds:
        return as_json(accepted.answer, 202)
    jobs, done = wait.settled(services(), accepted.job_ids, seconds)
    if len(jobs) == 1 and jobs[0].status == "failed":
        raise wait.refusal(jobs[0])
    shown = [ledger.shown(job) for job in jobs]
    if len(shown) == 1:
        return as_json(shown[0], 200 if done else 202)
    return as_json({**accepted.answer, "jobs": shown}, 200 if done else 202)


@routes.get("/jobs")
def every() -> Response:
    limit, offset = paging.asked()
    status = request.args.get("status", "").strip()
    if status and status not in ledger.STATUSES:
        sentence = f"status must be one of {', '.join(ledger.STATUSES)}."
        raise InvalidInput(sentence, errors={"status": [sentence]})
    found, following = listing.listed(services(), workspace(), limit, offset, status)
    return page([ledger.shown(job) for job in found], paging.cursor(following))


@routes.get("/jobs/<job_id>")
def look(job_id: str) -> Response:
    return as_json(ledger.shown(ledger.get(services(), workspace(), job_id)))


@routes.post("/jobs/<job_id>/retry")
def retry(job_id: str) -> Response:
    job = ledger.get(services(), workspace(), job_id)
    return as_json(ledger.shown(reopen.retry(services(), job)), 202)


@routes.delete("/jobs/<job_id>")
def cancel(job_id: str) -> Response:
    job = ledger.get(services(), workspace(), job_id)
    return as_json(ledger.shown(reopen.cancel(services(), job)))
