"""The endpoints of the feed of activity, and the rows that they answer with."""

from typing import Any

from integration.activity import rows, sources
from integration.kernel.feed_query import DIRECTIONS, FeedInput, WayInput
from integration.schema import json_schema as schema
from integration.schema.components import COUNT, MAYBE, TEXT, answered, like
from integration.schema.endpoint import Endpoint, Reply, array, ref
from integration.web.openapi.hook_resources import DELIVERY
from integration.web.openapi.resources import CONNECTION_ID, section

ROW: dict[str, Any] = {
    "id": "sms_k4x2mq7vb3nd5wz6tj2yh4re7a",
    "at": "2026-01-31T09:00:00Z",
    "direction": "in",
    "status": "received",
    "message": "Hello",
    "media": [],
    "detail": None,
    "connection": CONNECTION_ID,
    "phone": "+14155550123",
    "received_at": "2026-01-31T08:59:58Z",
    "device_fingerprint": "8f14e45fceea167a",
    "sim_slot": "SIM1",
    "to": "+14155550100",
    "action": None,
    "event_id": "sms_k4x2mq7vb3nd5wz6tj2yh4re7a",
    "job_id": None,
    "hook_id": None,
}
_PLAIN = (
    "device_fingerprint",
    "sim_slot",
    "to",
    "detail",
    "connection",
    "phone",
    "action",
    "event_id",
    "job_id",
    "hook_id",
)
_OWN: dict[str, Any] = {
    **dict.fromkeys(_PLAIN, MAYBE),
    "received_at": MAYBE | {"format": "date-time"},
    "direction": TEXT | {"enum": list(DIRECTIONS)},
    "message": MAYBE | {"description": "What somebody wrote; null where the row is no text."},
    "media": array({"type": "object"}) | {"description": "The files of a received message."},
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
_ROW_OR_NONE = {"anyOf": [ref("ActivityRow"), {"type": "null"}]}
_WAY = answered(
    {
        "row": ref("ActivityRow"),
        "event": {"type": ["object", "null"], "description": "As platforms get it."},
        "channels": {"type": "object", "additionalProperties": COUNT},
        "alike": COUNT,
        "deliveries": array(ref("Delivery")),
        "job": {"anyOf": [ref("Job"), {"type": "null"}]},
        "before": _ROW_OR_NONE,
        "after": array(ref("ActivityRow")),
    }
)
_WAY_EXAMPLE = {
    "row": ROW,
    "event": {"id": ROW["id"], "phone": ROW["phone"], "message": ROW["message"]},
    "channels": {"webhook": 1, "list": 1},
    "alike": 1,
    "deliveries": [DELIVERY],
    "job": None,
    "before": None,
    "after": [],
}
_ONE = f"(?:{'|'.join(DIRECTIONS)})"
_ID: dict[str, Any] = {
    "name": "row_id",
    "in": "path",
    "required": True,
    "schema": TEXT | {"pattern": "^[a-z0-9_]{1,64}$", "examples": [ROW["id"]]},
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
            direction={"pattern": f"^{_ONE}(?:,{_ONE})*$"},
            cursor={"pattern": f"^{rows.SHAPE.pattern}$"},
            newer_than={"pattern": f"^{sources.HEADS.pattern}$"},
        ),
        problems=(422,),
    ),
    Endpoint(
        "GET /v1/activity/{row_id}",
        "get_activity",
        "Show the whole way of one row of the list of activity.",
        [Reply(description="Its way.", schema=_WAY, example=_WAY_EXAMPLE)],
        description="`channels` says how often each channel of the provider showed a text, `alike`"
        " how many equal texts of one second share these counts. `before` is the last text of the"
        " other side with the same number, `after` are the next ones. No provider says which text"
        " answers which.",
        parameters=[_ID, *schema.parameters(WayInput)],
        problems=(404, 422),
    ),
)
