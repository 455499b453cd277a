"""Hooks and their deliveries as the routes answer with them, as schemas and samples."""

from typing import Any

from integration.delivery.delivery_state import RETRYING
from integration.delivery.delivery_state import STATES as DELIVERY_STATES
from integration.delivery.standing import STATES
from integration.schema.components import COUNT, MAYBE, TEXT, like
from integration.schema.endpoint import array
from integration.web.openapi.workspace_resources import HOOK_ID, TIME

Schema = dict[str, Any]
DELIVERY_ID = "dlv_k4x2mq7vb3nd5wz6tj2yh4re7a"
_HOUR: Schema = {"taken": 41, "failed": 1, "postponed": 2}
HOOK: Schema = {
    "id": HOOK_ID,
    "trigger": "inbound-sms",
    "target_url": "https://hooks.example.com/1",
    "filters": {"sim_slot": "SIM1"},
    "texts": True,
    "status": "active",
    "status_detail": "",
    "platform": "zapier",
    "description": "Orders Zap",
    "created_at": "2026-01-31T09:00:00Z",
    "state": "waiting",
    "state_detail": "The target asked for time, so the whole hook waits.",
    "failing_since": "2026-01-31T09:00:01Z",
    "last_outcome": {
        "at": "2026-01-31T09:00:01Z",
        "status": 429,
        "detail": "The target answered 429.",
        "took_ms": 41,
        "by_hand": False,
    },
    "next_attempt_at": "2026-01-31T09:01:01Z",
    "next_attempt_detail": "The target asked for time, so the whole hook waits.",
    "waiting": 3,
    "dropped": 0,
    "last_day": {"taken": 41, "failed": 1, "postponed": 2, "hours": [_HOUR]},
    "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
}
DELIVERY: Schema = {
    "id": DELIVERY_ID,
    "hook_id": HOOK_ID,
    "event_id": "sms_k4x2mq7vb3nd5wz6tj2yh4re7a",
    "status": "delivered",
    "state": "delivered",
    "state_detail": "Delivered.",
    "tries": 1,
    "attempts": [
        {
            "at": "2026-01-31T09:00:01Z",
            "status": 200,
            "detail": "Delivered.",
            "took_ms": 41,
            "by_hand": False,
        }
    ],
    "next_attempt_at": None,
    "created_at": "2026-01-31T09:00:00Z",
}
_ATTEMPT = like(
    DELIVERY["attempts"][0],
    status=COUNT | {"description": "The target's HTTP status, 0 for none."},
    by_hand={"type": "boolean", "description": "Whether somebody asked for it."},
)
_STATE: Schema = {
    "status": TEXT
    | {
        "enum": [each for each in DELIVERY_STATES if each != RETRYING],
        "description": "The state by the words of release 0.1.0: what waits is `queued`, tried or"
        " not.",
    },
    "state": TEXT
    | {
        "enum": list(DELIVERY_STATES),
        "description": "`queued` before its first attempt, `retrying` after one that failed,"
        " `sending` while one is made. A `dead` one is tried no more, and can be replayed.",
    },
    "state_detail": TEXT | {"description": "Why, and what comes next, in a sentence or two."},
    "next_attempt_at": TIME
    | {"description": "When it is tried next; null where it is settled, or its hook is paused."},
}
_ANSWERED: Schema = {**DELIVERY["attempts"][0], "answer": "ok"}
_REQUEST: Schema = {
    "method": "POST",
    "url": HOOK["target_url"],
    "headers": {"content-type": "application/json", "webhook-id": DELIVERY_ID},
    "body": '{"id": "sms_k4x2mq7vb3nd5wz6tj2yh4re7a", "message": "Hello"}',
}
WHOLE_DELIVERY = DELIVERY | {"attempts": [_ANSWERED], "request": _REQUEST}
SCHEMAS: Schema = {
    "Hook": like(
        HOOK,
        maybe=("secret",),
        texts={"type": "boolean", "description": "Whether its deliveries say what messages say."},
        state=TEXT
        | {
            "enum": list(STATES),
            "description": "What it is doing, as its last attempts show it.",
        },
        state_detail=TEXT | {"description": "Why, in a sentence."},
        last_day=like(HOOK["last_day"], hours=array(like(_HOUR)))
        | {
            "description": "How many attempts of the last 24 hours were taken, failed, or met a"
            " target that asked for time; the hours from the oldest to the running one."
        },
        failing_since=TIME | {"description": "Since when no delivery was taken."},
        last_outcome=_ATTEMPT
        | {"type": ["object", "null"], "description": "How the last attempt ended."},
        next_attempt_at=TIME
        | {"description": "When the next attempt is made; null where none is due."},
        next_attempt_detail=TEXT | {"description": "Why it waits until then."},
        waiting=COUNT | {"description": "Deliveries that wait."},
        dropped=COUNT
        | {"description": "Deliveries dropped while it was paused, beyond RETENTION_EVENTS."},
        target_url=TEXT | {"format": "uri"},
        status=TEXT | {"enum": ["active", "paused"]},
        platform=MAYBE,
        description=MAYBE,
        secret=TEXT | {"pattern": "^whsec_"},
    ),
    "Delivery": like(DELIVERY, **_STATE, attempts=array(_ATTEMPT)),
    "WholeDelivery": like(
        WHOLE_DELIVERY,
        **_STATE,
        attempts=array(
            like(
                _ANSWERED,
                status=_ATTEMPT["properties"]["status"],
                by_hand=_ATTEMPT["properties"]["by_hand"],
                answer=MAYBE
                | {
                    "description": "The first 4 KB of the target's answer, where the attempt failed"
                    " or somebody asked for it."
                },
            )
        ),
        request=like(
            _REQUEST,
            url=MAYBE | {"description": "The hook's target of today; null once it is removed."},
            headers={
                "type": "object",
                "description": "Those that all its attempts share. Each has a webhook-timestamp and"
                " a webhook-signature of its own.",
            },
            body=MAYBE | {"description": "Null where the event has left the inbox."},
        ),
    ),
}
