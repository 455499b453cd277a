"""The first page: is it healthy, what is connected, how much came and went, what to do next."""

from collections import Counter
from typing import Any

from flask import Blueprint, Response

from integration.kernel.events import MESSAGE
from integration.store import keys
from integration.web.api import accounts as account_routes
from integration.web.api import actions as job_routes
from integration.web.api import health
from integration.web.api import hooks as hook_routes
from integration.web.console import guides, handset, rendering, start
from integration.web.console.calls import ask
from integration.web.core.current import services, workspace

routes = Blueprint("overview", __name__)
RECENT = 200
"""Jobs that are counted by status: the newest."""
CHECKS = {"store": "Data store", "public_url": "Public address"}


@routes.get("/")
def home() -> Response:
    settings = services().settings
    found = ask(account_routes.every, limit=200)["data"]
    return rendering.page(
        "overview",
        checks=_checks(),
        connections=found,
        counts=_counts(),
        start=start.steps(),
        zap=guides.steps("zapier"),
        public_url=settings.public_url,
        handset=handset.address(),
    )


def _checks() -> list[dict[str, Any]]:
    """What /readyz says, by the words of people."""
    found = health.ready().read()["checks"]
    return [{"label": CHECKS.get(name, name.capitalize()), **found[name]} for name in found]


def _counts() -> dict[str, Any]:
    jobs = ask(job_routes.every, limit=RECENT)
    hooks = ask(hook_routes.every, limit=200)
    return {
        "messages": services().db.xlen(keys.inbox(workspace(), MESSAGE)),
        "jobs": services().db.llen(keys.jobs(workspace())),
        "recent": Counter(each["status"] for each in jobs["data"]),
        "hooks": len(hooks["data"]),
        "more_hooks": hooks["next_cursor"] is not None,
        "paused": sum(each["status"] == "paused" for each in hooks["data"]),
        "owed": services().db.zcard(keys.owed(workspace())),
        "unreadable": services().db.llen(keys.unreadable(workspace())),
    }
