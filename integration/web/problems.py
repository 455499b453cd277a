"""Every error as `application/problem+json` (RFC 9457), with one sentence for people."""

from __future__ import annotations

import json
import logging
import math
from typing import Any

from flask import Flask, Response, g
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException

from integration.kernel.errors import (
    HooklineError,
    MalformedBody,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
)
from integration.store import is_unable

log = logging.getLogger(__name__)
LONGEST_MESSAGE = 250
STORE_RETRY_SECONDS = 2
BY_STATUS: dict[int, HooklineError] = {
    400: MalformedBody("The request could not be read; check its headers and body."),
    404: NotFound("There is nothing at this address; check the path."),
    405: MethodNotAllowed("This address does not take that HTTP method."),
    413: TooLarge("The body is larger than 256 KiB; send less in one call."),
    415: UnsupportedMedia("Send the body as JSON, with Content-Type: application/json."),
}


def register(app: Flask) -> None:
    app.register_error_handler(HooklineError, answer)
    app.register_error_handler(RedisError, store_away)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, bug)


def answer(error: HooklineError) -> Response:
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
        "request_id": g.get("request_id", ""),
        **error.problem(),
    }
    text = json.dumps(body, ensure_ascii=False)
    response = Response(text, status=error.status, mimetype="application/problem+json")
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.status == 415:
        response.headers["Accept-Encoding"] = "identity"
    return response


def store_away(error: RedisError) -> Response:
    if not is_unable(error):
        return bug(error)
    log.warning("store away: %s", type(error).__name__)
    return answer(
        Unavailable(
            "The service cannot reach its data store right now; try again shortly.",
            retry_after=STORE_RETRY_SECONDS,
        )
    )


def http_error(error: HTTPException) -> Response:
    status = error.code or 500
    known = BY_STATUS.get(status)
    response = answer(known) if known else _plain(status, error.name)
    allow = error.get_response().headers.get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response


def bug(error: Exception) -> Response:
    """Our own mistake: logged by type and place, for its text may hold user data."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"
    log.error("bug %s in %s request %s", type(error).__name__, place, g.get("request_id"))
    return _plain(500, "Internal error")


def _plain(status: int, title: str) -> Response:
    error = HooklineError(f"{title}. If it happens again, report the request_id.")
    response = answer(error)
    body = json.loads(response.get_data(as_text=True)) | {"status": status, "title": title}
    response.set_data(json.dumps(body))
    response.status_code = status
    return response
