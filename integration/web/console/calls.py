"""Calls: the console asks what the API answers, through the API's own functions."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for

from integration.kernel.errors import HooklineError
from integration.web.console import notices
from integration.web.core import current, inner
from integration.web.core.inner import View

LOOK = ".look"
"""The page of one thing, in each blueprint."""
PER_PAGE = 200
"""The most that the API gives at once."""


def ask(view: View, *ids: str, **query: Any) -> Any:
    """What a GET gives this caller. Raises what the view raises."""
    return _answer(view, ids, query, None)


def ask_all(view: View) -> list[Any]:
    """The rows of all pages of a list."""
    rows, cursor = [], ""
    while True:
        found = ask(view, limit=PER_PAGE, cursor=cursor)
        rows += found["data"]
        if not (cursor := found["next_cursor"]):
            return rows


def tell(view: View, *ids: str, body: Mapping[str, Any] | None = None) -> Any:
    """What a call with a body gives this caller. Raises what the view raises."""
    return _answer(view, ids, {}, body or {})


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


def button(
    routes: Blueprint,
    rule: str,
    view: View,
    said: str | Callable[[Any], tuple[bool, str]],
    *,
    back: str = LOOK,
    body: Mapping[str, Any] | None = None,
) -> None:
    """Add the address of a button that does `view` to what the rule names, and goes `back`."""

    def pressed(**ids: Any) -> Any:
        there = url_for(back, **(ids if back == LOOK else {}))
        return press(view, *ids.values(), back=there, said=said, body=body)

    routes.add_url_rule(rule, rule.rpartition("/")[2], pressed, methods=["POST"])


def _answer(
    view: View, ids: tuple[str, ...], query: Mapping[str, Any], body: Mapping[str, Any] | None
) -> Any:
    outer = current.call()
    return inner.answer(
        current_app,
        outer.services,
        outer.caller,
        view,
        *ids,
        query=query,
        body=body,
        base_url=request.url_root,
        request_id=outer.request_id,
    )
