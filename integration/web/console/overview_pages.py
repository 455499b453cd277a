"""The first page: did anything go wrong, what came and went, what to do next."""

from typing import Any

from flask import Blueprint, Response, url_for

from integration.jobs import statuses
from integration.kernel.events import MESSAGE
from integration.store import keys
from integration.web.api import health, overview
from integration.web.console import guides, handset, rendering, start
from integration.web.console.calls import ask
from integration.web.core.current import services, workspace

routes = Blueprint("overview", __name__)
CHECKS = {"store": "Data store", "public_url": "Public address"}
PAGES = {
    "connection": ("console.connections.look", "connection_id"),
    "hook": ("console.hooks.look", "hook_id"),
    "unknown": ("console.unknown.listed", ""),
    "unreadable": ("console.unreadable.listed", ""),
}
"""The page about each kind of line, and what its address calls the id."""


@routes.get("/")
def home() -> Response:
    found = ask(overview.look)
    return rendering.page(
        "overview",
        found=found,
        lines=[{**each, "link": _link(each)} for each in found["lines"]],
        checks=_checks(),
        connected=services().db.zcard(keys.workspace_connections(workspace())),
        counts=_counts(),
        start=start.steps(),
        zap=guides.steps("zapier"),
        handset=handset.address(),
    )


def _link(line: dict[str, Any]) -> str:
    """Where somebody does something about it; "" for what no page mends."""
    page, name = PAGES.get(line["about"], ("", ""))
    return url_for(page, **({name: line["id"]} if name else {})) if page else ""


def _checks() -> list[dict[str, Any]]:
    """What /readyz says, by the words of people."""
    found = health.ready().read()["checks"]
    return [{"label": CHECKS.get(name, name.capitalize()), **found[name]} for name in found]


def _counts() -> dict[str, Any]:
    db, home = services().db, workspace()
    return {
        "messages": db.xlen(keys.inbox(home, MESSAGE)),
        "jobs": statuses.counts(db, home),
        "hooks": db.hlen(keys.hooks(home)),
        "owed": db.zcard(keys.owed(home)),
    }
