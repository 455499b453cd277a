"""The audit list: who did what to connections, keys and hooks."""

from flask import Blueprint, Response, request

from integration.web.api import audit, keys
from integration.web.console import rendering
from integration.web.console.calls import ask, ask_all

routes = Blueprint("audit", __name__, url_prefix="/console/audit")
PER_PAGE = 100


@routes.get("")
def listed() -> Response:
    cursor = request.args.get("cursor", "")
    found = ask(audit.every, limit=PER_PAGE, cursor=cursor)
    names = {each["id"]: each["name"] for each in ask_all(keys.every)}
    return rendering.page(
        "audit", rows=found["data"], names=names, following=found["next_cursor"], paged=bool(cursor)
    )
