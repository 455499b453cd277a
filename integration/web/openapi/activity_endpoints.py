"""The endpoints of the feed of activity, and the rows that they answer with."""

from typing import Any

from integration.activity import feed, rows
from integration.schema import json_schema as schema
from integration.schema.components import MAYBE, TEXT, answered, like
from integration.schema.endpoint import Endpoint, Reply, array, ref
from integration.web.api.activity import FeedInput
from integration.web.openapi.resources import CONNECTION_ID, section

ROW: dict[str, Any] = {
    "id": "sms_k4x2mq7vb3nd5wz6tj2yh4re7a",
    "at": "2026-01-31T09:00:00Z",
    "direction": "in",
    "status": "received",
    "message": "Hello",
    "detail": None,
    "connection": CONNECTION_ID,
    "phone": "+14155550123",
    "received_at": "2026-01-31T08:59:58Z",
    "action": None,
    "event_id": "sms_k4x2mq7vb3nd5wz6tj2yh4re7a",
    "job_id": None,
    "hook_id": None,
}
_PLAIN = ("detail", "connection", "phone", "action", "event_id", "job_id", "hook_id")
_OWN: dict[str, Any] = {
    **dict.fromkeys(_PLAIN, MAYBE),
    "received_at": MAYBE | {"format": "date-time"},
    "direction": TEXT | {"enum": list(rows.DIRECTIONS)},
    "message": MAYBE | {"description": "What somebody wrote; null where the row is no text."},
}
SCHEMAS = {"ActivityRow": like(ROW, maybe=(), **_OWN)}
_FOUND = answered(
    {
        "data": array(ref("ActivityRow")),
        "next_cursor": MAYBE | {"description": "Where the next page goes on."},
        "newest": TEXT | {"description": "Give it as newer_than to read what came since."},
        "more": {"type": "boolean", "description": "With newer_than: more came since; ask again."},
    }
)
_EXAMPLE = {
    "data": [ROW],
    "next_cursor": None,
    "newest": "1769850000000-0~0-0~~0~0-0~0-0",
    "more": False,
}
ACTIVITY = section(
    "Activity",
    Endpoint(
        "GET /v1/activity",
        "list_activity",
        "List what came, what went, what became of it, and what hooks were sent, newest first.",
        [Reply(description="One page of it.", schema=_FOUND, example=_EXAMPLE)],
        description="One page looks at a few thousand rows. Where a filter fits few of them, a page"
        " has fewer rows than `limit`, and its `next_cursor` goes on. `newer_than` gives what came"
        " since, oldest first.",
        parameters=schema.parameters(
            FeedInput,
            cursor={"pattern": f"^{rows.SHAPE.pattern}$"},
            newer_than={"pattern": f"^{feed.HEADS.pattern}$"},
        ),
        problems=(422,),
    ),
)
