"""The first page: did anything go wrong, what came and went, what to do next."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, url_for

from integration.jobs import statuses
from integration.store import keys
from integration.web.api import health, overview
from integration.web.apps import guide_texts
from integration.web.console import charts, rendering, start
from integration.web.console.calls import ask
from integration.web.console.start import Checks
from integration.web.core import rights
from integration.web.core.current import services, workspace

routes = Blueprint("overview", __name__)
CHECKS = {"store": "Data store", "public_url": "Public address"}
PAGES = {
    "connection": ("console.connections.look", "connection_id"),
    "hook": ("console.hooks.look", "hook_id"),
    "unknown": ("console.unknown.listed", ""),
    "unreadable": ("console.unreadable.listed", ""),
    "deliveries": ("console.hooks.listed", ""),
}
"""The page about each kind of line, and what its address calls the id."""
SPEEDS = {
    "to_sent": ("One text was sent", "{} texts were sent"),
    "to_hook": ("One delivery was taken", "{} deliveries were taken"),
}


@routes.get("/")
def home() -> Response:
    found, checks = ask(overview.look), health.ready().read()["checks"]
    return rendering.page(
        "overview",
        found=found,
        lines=[{**each, "link": _link(each)} for each in found["lines"]],
        checks=_in_words(checks),
        connected=services().db.zcard(keys.workspace_connections(workspace())),
        day=found["last_24_hours"],
        speeds=[_speed(found["last_24_hours"][name], name) for name in SPEEDS],
        hours=charts.drawn(found["hours"]),
        days=charts.drawn(found["days"]),
        waiting=_waiting(),
        deliveries_wait=services().db.zcard(keys.owed(workspace())),
        start=start.steps(checks),
        zap=guide_texts.steps("zapier"),
    )


def _link(line: dict[str, Any]) -> str:
    """Where somebody does something about it; "" for what no page of this caller's
    mends."""
    if line["about"] == "failed":
        return url_for("console.activity.listed", direction="out", status="failed")
    if line["about"] == "unreadable" and not rights.sees_texts():
        return ""
    page, name = PAGES.get(line["about"], ("", ""))
    return url_for(page, **({name: line["id"]} if name else {})) if page else ""


def _in_words(checks: Checks) -> list[dict[str, Any]]:
    return [{"label": CHECKS.get(name, name.capitalize()), **checks[name]} for name in checks]


def _speed(found: Mapping[str, Any], name: str) -> str:
    """How soon half and nearly all of them were done; "" where none were counted."""
    half, most = found["half_within"], found["most_within"]
    if half is None:
        return ""
    one, many = SPEEDS[name]
    if found["count"] == 1:
        return f"{one} within {most or half:g} s."
    first = f"half within {half:g} s" if half != most else ""
    nearly = f"95 of 100 within {most:g} s" if most else ""
    return f"{many.format(found['count'])}: {', '.join(filter(None, (first, nearly)))}."


def _waiting() -> dict[str, int]:
    """How many texts wait right now, by their status: each has a list of its own."""
    jobs = statuses.counts(services().db, workspace())
    return {each: jobs[each] for each in ("sending", "queued", "scheduled") if jobs[each]}
