"""Every error as `application/problem+json` (RFC 9457), with one sentence for people."""

import json
import logging
import math
import re
from typing import Any

from flask import Flask
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException

from integration.kernel import surrogates
from integration.kernel.errors import (
    HooklineError,
    MalformedBody,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
)
from integration.runtime import guarded
from integration.store.client import is_unable
from integration.web.core.answers import Reply
from integration.web.core.current import call

log = logging.getLogger(__name__)
LONGEST_MESSAGE = 250
STORE_RETRY_SECONDS = 2
PROBLEM, PLAIN = "application/problem+json", "application/json"
NOT_AS_PROBLEM = re.compile(r"application/problem\+json\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)
"""An Accept header that refuses that type. Make, for one, parses `application/json` alone."""
BY_STATUS: dict[int, HooklineError] = {
    400: MalformedBody("The request could not be read; check its headers and body."),
    404: NotFound("There is nothing at this address; check the path."),
    405: MethodNotAllowed("This address does not take that HTTP method."),
    413: TooLarge("The body is larger than 256 KiB; send less in one call."),
    415: UnsupportedMedia("Send the body as JSON, with Content-Type: application/json."),
}


def register(app: Flask) -> None:
    app.register_error_handler(Exception, of)


def of(error: Exception) -> Reply:
    """The problem that any error is."""
    if isinstance(error, HooklineError):
        return answer(error)
    if isinstance(error, RedisError):
        return store_away(error)
    if isinstance(error, HTTPException):
        return http_error(error)
    return bug(error)


def answer(error: HooklineError) -> Reply:
    """The problem body of an error, with Retry-After where waiting helps."""
    message = error.message
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 1] + "…"
    body: dict[str, Any] = {
        "type": f"urn:hookline:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "message": message,
        "request_id": call().request_id,
        **error.problem(),
    }
    text = json.dumps(body, ensure_ascii=False)
    refused = NOT_AS_PROBLEM.search(call().header("HTTP_ACCEPT"))
    media = PLAIN if refused else PROBLEM
    reply = Reply(text.encode(errors=surrogates.IN_JSON), error.status, media)
    if error.retry_after is not None:
        reply.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if error.status == 401:
        reply.headers["WWW-Authenticate"] = "Bearer"
    if error.status == 415:
        reply.headers["Accept-Encoding"] = "identity"
    return reply


def store_away(error: RedisError) -> Reply:
    if not is_unable(error):
        return bug(error)
    log.warning("store away: %s", type(error).__name__)
    return answer(
        Unavailable(
            "The service cannot reach its data store right now; try again shortly.",
            retry_after=STORE_RETRY_SECONDS,
        )
    )


def http_error(error: HTTPException) -> Reply:
    status = error.code or 500
    known = BY_STATUS.get(status)
    reply = answer(known) if known else _plain(status, error.name)
    allow = error.get_response().headers.get("Allow")
    if allow:
        reply.headers["Allow"] = allow
    return reply


def bug(error: Exception) -> Reply:
    """Our own mistake: logged by type and place, for its text may hold user data."""
    log.error("bug %s", guarded.bug(error))
    return _plain(500, "Internal error")


def _plain(status: int, title: str) -> Reply:
    error = HooklineError(f"{title}. If it happens again, report the request_id.")
    reply = answer(error)
    body = reply.read() | {"status": status, "title": title}
    return Reply(json.dumps(body).encode(), status, reply.mimetype)
