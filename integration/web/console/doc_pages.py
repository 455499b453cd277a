"""The API's pages at `/docs`: one for each part of the document, and reads to try in a session.

They are for everybody. A visitor who is signed in sees them within the console.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, Response, current_app, request

from integration.kernel.errors import HooklineError, NotFound
from integration.web.console import rendering
from integration.web.core import inner, rights
from integration.web.core.current import Caller, base_url, call, caller, require, services
from integration.web.openapi.routes import described_at

Json = Mapping[str, Any]
routes = Blueprint("docs", __name__, url_prefix="/docs")
NOT_TRIED = ("workspaces", "health", "openapi", "console")
"""Blueprints whose reads are not for a session: the operator's own, and those that take no key."""
LOOK = {"read", "texts"}
"""With these scopes alone no answer holds a signing secret or a connection's secret address."""


@routes.get("")
def listed() -> Response:
    found = _view()
    return _page("docs", found, tags=found["tags"])


@routes.get("/<part>")
def part(part: str) -> Response:
    found = _view()
    if part in ("objects", "deliveries"):
        return _page(f"docs_{part}", found, chosen=part)
    for tag, operations in found["tags"].items():
        if slug(tag) == part:
            return _page("docs_part", found, chosen=part, tag=tag, operations=operations)
    raise NotFound("The document has no such part; choose one above.")


@routes.get("/try/<operation_id>")
def attempt(operation_id: str) -> Response:
    """A read with its fields, and its answer once they were sent. Nothing is shown that a key
    which only reads would not see."""
    found = _view()
    for operation in (each for rows in found["tags"].values() for each in rows):
        if operation["operationId"] == operation_id and _is_tried(operation):
            return _page("docs_try", found, operation=operation, **_tried(operation))
    raise NotFound("This call cannot be tried here; choose one above.")


def _tried(operation: Json) -> dict[str, Any]:
    if "go" not in request.args:
        return {"asked": "", "answer": None}
    names = [each["name"] for each in operation.get("parameters", ())]
    fields = {name: request.args.get(name, "") for name in names}
    path = re.sub(r"{(\w+)}", lambda name: fields.pop(name[1]) or "-", operation["path"])
    query = {name: value for name, value in fields.items() if value}
    try:
        return {"asked": path, "query": query, "answer": _answer(path, query)}
    except HooklineError as error:
        return {"asked": path, "query": query, "answer": error.problem(), "problem": error.message}


def _answer(path: str, query: Mapping[str, str]) -> Any:
    endpoint, ids = current_app.url_map.bind("").match(path, method="GET")
    require(rights.scope_of(endpoint, "GET"))
    return inner.answer(
        current_app,
        services(),
        _looking(endpoint, caller()),
        cast("inner.View", current_app.view_functions[endpoint]),
        *ids.values(),
        query=query,
        base_url=request.url_root,
        request_id=call().request_id,
    )


def _looking(endpoint: str, who: Caller) -> Caller:
    closed = endpoint.partition(".")[0] in rights.CLOSED
    return who if closed else replace(who, scopes=who.scopes & LOOK)


def _is_tried(operation: Json) -> bool:
    if operation["method"] != "GET" or operation.get("security") == []:
        return False
    plain = re.sub(r"{\w+}", "-", operation["path"])
    endpoint, _ = current_app.url_map.bind("").match(plain, method="GET")
    json = "application/json" in operation["responses"]["200"]["content"]
    return json and endpoint.partition(".")[0] not in NOT_TRIED


def slug(tag: str) -> str:
    """The address of a part, such as `rest-hooks`."""
    return re.sub(r"[^a-z]+", "-", tag.lower()).strip("-")


def _view() -> dict[str, Any]:
    # What reads the document is imported when somebody first asks for it.
    from integration.web.openapi import view

    return view.of(described_at(base_url()))


def _page(template: str, found: Json, **more: Any) -> Response:
    shown = {"chosen": "", "is_tried": _is_tried, "slug": slug, "parts": found["tags"]}
    return rendering.page(template, **{**found, **shown, **more})
