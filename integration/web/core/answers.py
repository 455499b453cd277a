"""Answers: JSON bodies, lists of resources with a cursor, and the headers all answers bear."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Flask, Response, request
from werkzeug.http import HTTP_STATUS_CODES

from integration.kernel import surrogates
from integration.runtime import logs
from integration.web.core.current import Call, call

log = logging.getLogger("hookline.access")
STATUS = {code: f"{code} {name.upper()}" for code, name in HTTP_STATUS_CODES.items()}
_plainly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
PROBES = ("/healthz", "/readyz", "/metrics")


@dataclass(slots=True)
class Reply:
    """What a view answers: bytes, and the headers that are its own. It is a WSGI application
    too, which is how Flask takes it from a view."""

    body: bytes
    status: int = 200
    mimetype: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, _environ: Any, start: Any) -> Iterable[bytes]:
        return self.begin(start, ())

    def begin(self, start: Any, more: Iterable[tuple[str, str]]) -> Iterable[bytes]:
        """Start the answer with these headers beside its own; returns its body."""
        own = [("Content-Type", self.mimetype)]
        if self.status != 204:  # RFC 9110, 8.6
            own.append(("Content-Length", str(len(self.body))))
        start(STATUS[self.status], [*own, *self.headers.items(), *more])
        return (self.body,)

    def read(self) -> Any:
        """The JSON in it, or its text where it is a table or the like."""
        if "json" not in self.mimetype:
            return self.body.decode()
        return json.loads(self.body)


def register(app: Flask) -> None:
    plain = partial(_options, app.make_default_options_response)
    app.make_default_options_response = plain  # type: ignore[method-assign, assignment]  # a view may answer so
    app.after_request(_finish)


def as_json(data: Any, status: int = 200) -> Reply:
    return raw_json(_plainly(data), status)


def raw_json(text: str | bytes, status: int = 200) -> Reply:
    """Text that is JSON already: stored events are passed through, not parsed again."""
    body = text.encode(errors=surrogates.IN_JSON) if isinstance(text, str) else text
    return Reply(body, status)


def page(rows: Sequence[Any], next_cursor: str | None, message: str = "") -> Reply:
    """A page of a list; `message` says why it is as it is, where that would surprise."""
    reason = {"message": message} if message else {}
    return as_json({"data": list(rows), "next_cursor": next_cursor, **reason})


def shared_headers(answered: Call) -> Iterable[tuple[str, str]]:
    """The headers that every answer bears, beside a Cache-Control of its own or none."""
    quota, settings = answered.quota, answered.services.settings
    limit = settings.rate_limit
    shared = (
        ("X-Request-Id", answered.request_id),
        ("RateLimit-Limit", str(quota.limit if quota else limit)),
        ("RateLimit-Remaining", str(quota.remaining if quota else limit)),
        ("RateLimit-Reset", str(quota.reset if quota else 60)),
        ("X-Content-Type-Options", "nosniff"),
    )
    return (*shared, ONLY_TLS) if settings.public_url.startswith("https:") else shared


ONLY_TLS = ("Strict-Transport-Security", "max-age=31536000")
"""Where PUBLIC_URL is https, a browser calls this host by https alone, for a year."""
CACHE = ("Cache-Control", "no-store")


def note(answered: Call, status: int) -> None:
    """One line a request: the route, never the address, whose query may hold a number."""
    level = logging.DEBUG if answered.route in PROBES else logging.INFO
    took = round((time.perf_counter() - answered.began) * 1000)
    method, route = answered.method, answered.route
    logs.tell(log, level, "request", method=method, route=route, status=status, ms=took)


def _options(plain: Callable[[], Response]) -> Reply:
    return allowing(plain().allow)


def allowing(methods: Iterable[str]) -> Reply:
    """The methods of an address also in the body: platforms stumble over an empty one."""
    reply = as_json({"allow": sorted(methods)})
    reply.headers["Allow"] = ", ".join(sorted(methods))
    return reply


def _finish(response: Response) -> Response:
    answered = call()
    answered.route = request.url_rule.rule if request.url_rule else "-"
    for name, value in shared_headers(answered):
        response.headers[name] = value
    response.headers.setdefault(*CACHE)
    note(answered, response.status_code)
    return response
