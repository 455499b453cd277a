"""The endpoint of the overview."""

from typing import Any

from integration.schema.components import COUNT, TEXT, like
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
ABOUT = ("service", "connection", "hook", "unknown", "unreadable", "deliveries", "failed")
NUMBERS = {
    "in": 12,
    "sent": 9,
    "delivered": 7,
    "failed": 1,
    "unknown": 0,
    "taken": 11,
    "dead": 0,
}
LASTED: dict[str, Any] = {"count": 9, "half_within": 0.5, "most_within": 2}
OVERVIEW: dict[str, Any] = {
    "ok": False,
    "message": "One thing needs you.",
    "lines": [LINE],
    "last_24_hours": {**NUMBERS, "to_sent": LASTED, "to_hook": LASTED},
    "hours": [{"at": "2026-01-31T09:00:00Z", **NUMBERS}],
    "days": [{"date": "2026-01-31", **NUMBERS}],
}
_SECONDS = {"type": ["number", "null"], "minimum": 0}
_LASTED = like(
    LASTED,
    half_within=_SECONDS | {"description": "Seconds that half of them took at most."},
    most_within=_SECONDS | {"description": "Seconds that 95 of 100 took at most."},
)
_LINE = like(
    LINE,
    tone=TEXT
    | {"enum": ["bad", "warn"], "description": "Whether it needs somebody, or may pass by itself."},
    about=TEXT | {"enum": [*ABOUT]},
    do=TEXT | {"description": "The one thing to do."},
    id=TEXT | {"description": 'Of the hook or connection, or the check of /readyz; "" for none.'},
    since=TIME,
)
SHAPE = like(
    OVERVIEW,
    ok={"type": "boolean"},
    lines=array(_LINE),
    last_24_hours=like(
        OVERVIEW["last_24_hours"],
        to_sent=_LASTED | {"description": "From a text's acceptance to the provider's yes."},
        to_hook=_LASTED | {"description": "From a text's arrival to the target's yes."},
        taken=COUNT | {"description": "Deliveries that their target took."},
        dead=COUNT | {"description": "Deliveries that were given up."},
    ),
)
OVERVIEWS = section(
    "Overview",
    Endpoint(
        "GET /v1/overview",
        "get_overview",
        "What is wrong, since when, and what to do; what came and went.",
        [Reply(description="The overview.", schema=SHAPE, example=OVERVIEW)],
        description="Hours and days are those of UTC; the last of each is the one that runs. Each"
        " thing counts in the hour in which it happened, so a text may count as `sent` and later"
        " as `failed`.",
    ),
)
