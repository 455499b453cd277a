"""The endpoint of the overview."""

from typing import Any

from integration.schema.components import TEXT, like
from integration.schema.endpoint import Endpoint, Reply, array
from integration.web.openapi.resources import section
from integration.web.openapi.workspace_resources import HOOK_ID, TIME

LINE: dict[str, Any] = {
    "tone": "bad",
    "about": "hook",
    "name": "Orders Zap",
    "detail": "The target answered 500.",
    "do": "Mend its target, or give the hook another address.",
    "id": HOOK_ID,
    "since": "2026-01-31T09:00:00Z",
}
OVERVIEW: dict[str, Any] = {"ok": False, "message": "One thing needs you.", "lines": [LINE]}
_LINE = like(
    LINE,
    tone=TEXT
    | {"enum": ["bad", "warn"], "description": "Whether it needs somebody, or may pass by itself."},
    about=TEXT | {"enum": ["service", "connection", "hook", "unknown", "unreadable"]},
    do=TEXT | {"description": "The one thing to do."},
    id=TEXT | {"description": 'Of the hook or connection, or the check of /readyz; "" for none.'},
    since=TIME,
)
SHAPE = like(OVERVIEW, ok={"type": "boolean"}, lines=array(_LINE))
OVERVIEWS = section(
    "Overview",
    Endpoint(
        "GET /v1/overview",
        "get_overview",
        "Whether anything is wrong: what, since when, and what to do.",
        [Reply(description="The overview.", schema=SHAPE, example=OVERVIEW)],
    ),
)
