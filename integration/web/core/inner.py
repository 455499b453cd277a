"""Calls from within: the console and the command line ask the API's own views.

So neither can do what a caller of the API could not, with the same checks and effects.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

from integration.services import Services
from integration.web.core.answers import Reply
from integration.web.core.current import Call, Caller, at_hand

View = Callable[..., Reply]
NOWHERE = "http://localhost"


def answer(
    app: Flask,
    services: Services,
    caller: Caller | None,
    view: View,
    *ids: str,
    query: Mapping[str, Any],
    body: Mapping[str, Any] | None = None,
    base_url: str = NOWHERE,
    request_id: str = "",
) -> Any:
    """What the view gives this caller; a call with a body is a POST. Raises what it raises."""
    wanted = {name: str(value) for name, value in query.items() if value not in (None, "")}
    environ = EnvironBuilder(
        "/",
        base_url,
        method="GET" if body is None else "POST",
        query_string=wanted,
        json=None if body is None else dict(body),
        headers=[("X-Request-Id", request_id)],
    ).get_environ()
    inner = Call(services, environ)
    inner.caller = caller
    with at_hand(inner), app.request_context(environ):
        return view(*ids).read()
