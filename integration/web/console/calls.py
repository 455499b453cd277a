"""Calls: the console asks what the API answers, through the API's own functions.

So a page can do nothing that its API key could not, with the same checks and effects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, redirect, request
from werkzeug.test import EnvironBuilder

from integration.kernel.errors import HooklineError
from integration.web.console import notices
from integration.web.core import current
from integration.web.core.answers import Reply

View = Callable[..., Reply]


def ask(view: View, *ids: str, **query: Any) -> Any:
    """What a GET gives this caller. Raises what the view raises."""
    return _answer(view, ids, "GET", None, query)


def tell(view: View, *ids: str, body: Mapping[str, Any] | None = None) -> Any:
    """What a call with a body gives this caller. Raises what the view raises."""
    return _answer(view, ids, "POST", dict(body or {}), {})


def press(
    view: View,
    *ids: str,
    back: str,
    said: str | Callable[[Any], tuple[bool, str]],
    body: Mapping[str, Any] | None = None,
) -> Any:
    """Do what a button says and go `back`, where a notice shows the result."""
    try:
        answer = tell(view, *ids, body=body)
    except HooklineError as error:
        notices.leave("bad", error.message)
        return redirect(back, 303)
    well, sentence = (True, said) if isinstance(said, str) else said(answer)
    notices.leave("good" if well else "bad", sentence)
    return redirect(back, 303)


def _answer(
    view: View,
    ids: tuple[str, ...],
    method: str,
    body: dict[str, Any] | None,
    query: Mapping[str, Any],
) -> Any:
    wanted = {name: str(value) for name, value in query.items() if value not in (None, "")}
    inner = EnvironBuilder(
        "/", request.url_root, method=method, query_string=wanted, json=body
    ).get_environ()
    with current.asking(inner), current_app.request_context(inner):
        return view(*ids).read()
