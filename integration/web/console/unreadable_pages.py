"""Unreadable webhooks and rows: what a provider sent or listed and nobody here understood."""

import json

from flask import Blueprint, Response

from integration.accounts import connections
from integration.store import damaged, keys, lifetimes
from integration.web.console import rendering
from integration.web.core.current import require, services, workspace

routes = Blueprint("unreadable", __name__, url_prefix="/console/unreadable")


@routes.get("")
def listed() -> Response:
    require("texts")
    kept = services().db.lrange(keys.unreadable(workspace()), 0, lifetimes.UNREADABLE_KEPT - 1)
    rows = [row for each in kept if (row := _row(each))]
    labels = {each.id: each.label for each in connections.listed(services(), workspace())}
    return rendering.page("unreadable", rows=rows, labels=labels, most=lifetimes.UNREADABLE_KEPT)


def _row(text: str) -> dict[str, str] | None:
    """What was kept; None for a damaged record, which is noted."""
    try:
        found = json.loads(text)
        return {name: str(found[name]) for name in ("connection", "at", "reason", "body")}
    except damaged.NONSENSE as error:
        damaged.note(services().db, keys.unreadable(workspace()), type(error).__name__)
        return None
