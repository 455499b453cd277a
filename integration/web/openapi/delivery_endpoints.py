"""The endpoints of the deliveries of REST hooks."""

from typing import Any

from integration.delivery.listing import STATUSES
from integration.hooks.inputs import ReplayInput
from integration.schema import json_schema as schema
from integration.schema.endpoint import Endpoint
from integration.web.api.deliveries import CURSOR
from integration.web.core.paging import PageInput
from integration.web.openapi.hook_resources import DELIVERY_ID
from integration.web.openapi.resources import one, page, plain

HOOK = "/v1/hooks/{hook_id}"
NAMED: dict[str, Any] = {"pattern": schema.SOMETHING, "minLength": 1}
SPANS: list[dict[str, Any]] = [
    {"required": ["since"]},
    {"required": ["event_id"]},
    {"required": ["failed"], "properties": {"failed": {"const": True}}},
]
STATUS: dict[str, Any] = {
    "name": "status",
    "in": "query",
    "description": "Only these. What waits comes in the order of its next try.",
    "schema": {
        "type": "string",
        "enum": list(STATUSES),
        "examples": ["dead"],
    },
}
PLACES = schema.parameters(
    PageInput,
    cursor={"pattern": f"^{CURSOR}$", "examples": [f"1769850000000_{DELIVERY_ID}_"]},
)
DELIVERIES = [
    Endpoint(
        f"POST {HOOK}/test",
        "test_hook",
        "Send a sample and wait up to five seconds for its outcome.",
        [one("Delivery")],
        description="A test is tried once: one that fails is `dead`.",
    ),
    Endpoint(
        f"GET {HOOK}/deliveries",
        "list_deliveries",
        "List a hook's deliveries, newest first, through all that are kept.",
        [page("Delivery")],
        description="`next_cursor` goes on after the last row, whatever is made meanwhile. The"
        " newest 200 come in the order in which they were made. Older ones follow in the order of"
        " their events, as far back as the inbox goes, without tests. One page looks at a few"
        " thousand events: it may have fewer rows than `limit`, and its `next_cursor` goes on.",
        parameters=[STATUS, *PLACES],
        problems=(422,),
    ),
    Endpoint(
        f"POST {HOOK}/send-now",
        "send_hook_now",
        "Send at once what waits for its next try, also where the target asked for time.",
        [plain("How many.", {"sent": 3})],
        problems=(409,),
    ),
    Endpoint(
        f"POST {HOOK}/replay",
        "replay_hook",
        "Send again what came since a time or an event, or what failed.",
        [plain("How many.", {"matching": 3, "replayed": 3, "trigger": "inbound-sms"})],
        description="With `dry_run` nothing is sent, and `matching` is what would be.",
        body=schema.of_inputs(ReplayInput, event_id=NAMED) | {"anyOf": SPANS},
        body_example={"since": "2026-01-31T09:00:00Z"},
    ),
    Endpoint(
        "GET /v1/deliveries/{delivery_id}",
        "get_delivery",
        "Show one delivery: its request, and each attempt with what the target answered.",
        [one("WholeDelivery")],
        description="Request and answers take a key with the scope `texts`.",
    ),
    Endpoint(
        "POST /v1/deliveries/{delivery_id}/replay",
        "replay_delivery",
        "Send one delivery again, under the same webhook-id.",
        [one("Delivery", "Owed again.", 202)],
        problems=(409,),
    ),
]
