"""Answers: JSON bodies, lists of resources with a cursor, and the headers all answers bear."""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Flask, Response, g, request

from integration.web.current import Quota, services

log = logging.getLogger("hookline.access")
PROBES = ("/healthz", "/readyz", "/metrics")
GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def register(app: Flask) -> None:
    app.make_default_options_response = partial(  # type: ignore[method-assign]  # as Flask says
        _options, app.make_default_options_response
    )
    app.before_request(_begin)
    app.after_request(_finish)


def as_json(data: Any, status: int = 200) -> Response:
    return raw_json(json.dumps(data, ensure_ascii=False, separators=(",", ":")), status)


def raw_json(text: str | bytes, status: int = 200) -> Response:
    """Text that is JSON already: stored events are passed through, not parsed again."""
    return Response(text, status=status, mimetype="application/json")


def page(rows: Sequence[Any], next_cursor: str | None, message: str = "") -> Response:
    """A page of a list; `message` says why it is as it is, where that would surprise."""
    told = {"message": message} if message else {}
    return as_json({"data": list(rows), "next_cursor": next_cursor, **told})


def _options(plain: Callable[[], Response]) -> Response:
    """The methods of an address also in the body: platforms stumble over an empty one."""
    allow = sorted(plain().allow)
    response = as_json({"allow": allow})
    response.headers["Allow"] = ", ".join(allow)
    return response


def _begin() -> None:
    g.began = time.perf_counter()
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if GIVEN_ID.fullmatch(given) else f"req_{secrets.token_hex(8)}"


def _finish(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-Id"] = g.request_id
    quota: Quota | None = g.get("quota")
    limit = services().settings.rate_limit
    headers["RateLimit-Limit"] = str(quota.limit if quota else limit)
    headers["RateLimit-Remaining"] = str(quota.remaining if quota else limit)
    headers["RateLimit-Reset"] = str(quota.reset if quota else 60)
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Content-Type-Options"] = "nosniff"
    _note(response)
    return response


def _note(response: Response) -> None:
    """One line a request: the route, never the address, whose query may hold a number."""
    route = request.url_rule.rule if request.url_rule else "-"
    took = (time.perf_counter() - g.began) * 1000
    level = logging.DEBUG if route in PROBES else logging.INFO
    log.log(
        level,
        "%s %s %d %.0fms %s",
        request.method,
        route,
        response.status_code,
        took,
        g.request_id,
    )
