"""The objects that the routes answer with, as schemas and samples."""

import re
from dataclasses import replace
from typing import Any

from integration.kernel import outputs
from integration.schema import json_schema as schema
from integration.schema.components import COUNT, MAYBE, TEXT, answered, like
from integration.schema.endpoint import Endpoint, Reply, array, ref
from integration.web.core.paging import PageInput
from integration.web.openapi import workspace_resources
from integration.web.openapi.workspace_resources import HOOK_ID, KEY_ID, SCOPE, TIME

Schema = dict[str, Any]
CONNECTION_ID = "conn_4dkq7m2vxa5tzr3w"
DELIVERY_ID = "dlv_k4x2mq7vb3nd5wz6tj2yh4re7a"
PAGING = schema.parameters(PageInput, cursor={"pattern": "^p[0-9]{1,9}$"})
EMPTY: Schema = {"type": "object", "maxProperties": 0}


def _id(pattern: str, example: str) -> Schema:
    return {"type": "string", "pattern": f"^{pattern}$", "examples": [example]}


PATHS: Schema = {
    "hook_id": _id("hook_[0-9a-f]{20}", HOOK_ID),
    "delivery_id": _id("dlv_[a-z2-7]{26}", DELIVERY_ID),
    "connection_id": _id("conn_[a-z0-9_]{1,60}", CONNECTION_ID),
    "key_id": _id("key_[0-9a-f]{16}", KEY_ID),
    "job_id": _id("(job_[0-9a-f]{20}|bat_[0-9a-f]{16,18})", outputs.JOB["id"]),
}
"""The schema of each id that paths name."""

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
    "failing_since": None,
    "last_outcome": {
        "at": "2026-01-31T09:00:01Z",
        "status": 429,
        "detail": "The target answered 429.",
        "took_ms": 41,
    },
    "next_attempt_at": "2026-01-31T09:01:01Z",
    "next_attempt_detail": "The target asked for time, so the whole hook waits.",
    "waiting": 3,
    "dropped": 0,
    "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
}
DELIVERY: Schema = {
    "id": DELIVERY_ID,
    "hook_id": HOOK_ID,
    "event_id": "sms_k4x2mq7vb3nd5wz6tj2yh4re7a",
    "status": "delivered",
    "tries": 1,
    "attempts": [
        {"at": "2026-01-31T09:00:01Z", "status": 200, "detail": "Delivered.", "took_ms": 41}
    ],
    "next_attempt_at": None,
    "created_at": "2026-01-31T09:00:00Z",
}
CONNECTION: Schema = {
    "id": CONNECTION_ID,
    "provider": "pairfon",
    "label": "Amy's Phones",
    "settings": {"base_url": "https://api.pairfon.com"},
    "capabilities": ["devices", "send-sms"],
    "health": "ok",
    "health_detail": "",
    "health_since": None,
    "health_latest": "",
    "lane": {"state": "open", "jobs_waiting": 0, "since": None, "next_try": None},
    "last_gap": {
        "at": "2026-01-31T09:00:00Z",
        "back_filled": 3,
        "detail": "The provider had more texts than we knew; its history was read for what was"
        " missed.",
    },
    "backfill": {
        "state": "done",
        "since": "2026-01-31T09:00:00Z",
        "conversations_done": 2,
        "conversations_total": 2,
        "conversations_refused": 0,
        "messages_found": 3,
    },
    "unreadable": 1,
    "last_unreadable": {"at": "2026-01-31T09:00:00Z", "reason": "A row has no sender."},
    "webhook": {"state": "registered", "detail": "", "since": "2026-01-31T09:00:00Z"},
    "source": "api",
    "ingress_url": None,
}
PLATFORM_APP: Schema = {
    "key": "zapier",
    "label": "Zapier",
    "description": "A private integration, ready to be pushed.",
    "files": ["app.json", "index.js", "package.json"],
    "download_url": "https://sms.example.com/v1/platforms/zapier",
}
ME: Schema = {
    "workspace": "default",
    "label": "Hookline: Amy's Phones",
    "key_id": KEY_ID,
    "scopes": ["act", "hooks", "read", "texts"],
    "expires_at": None,
    "connections": [{name: CONNECTION[name] for name in CONNECTION if name != "ingress_url"}],
}

_ATTEMPT = like(
    DELIVERY["attempts"][0],
    status=COUNT | {"description": "The target's HTTP status, 0 for none."},
)
SCHEMAS: Schema = {
    "Hook": like(
        HOOK,
        maybe=("secret",),
        texts={"type": "boolean", "description": "Whether its deliveries say what messages say."},
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
    "Delivery": like(
        DELIVERY,
        attempts=array(_ATTEMPT),
        next_attempt_at=TIME,
    ),
    "Connection": like(
        CONNECTION,
        maybe=("ingress_url",),
        settings={"type": "object", "description": "Without what is secret."},
        health=TEXT | {"enum": ["ok", "failing", "unknown"]},
        health_detail=TEXT | {"description": "The first cause of a failure that lasts."},
        health_since=TIME | {"description": "Since when it fails."},
        health_latest=TEXT | {"description": "What failed last."},
        lane=like(
            CONNECTION["lane"],
            state=TEXT | {"enum": ["open", "silent", "limited"]},
            since=MAYBE | {"format": "date-time"},
            next_try=MAYBE | {"format": "date-time"},
        )
        | {"description": "What the account's jobs wait for: an answer, or the provider's limit."},
        last_gap=like(CONNECTION["last_gap"])
        | {
            "type": ["object", "null"],
            "description": "When messages were last found to have come in unseen.",
        },
        backfill=like(CONNECTION["backfill"], state=TEXT | {"enum": ["running", "done"]})
        | {
            "type": ["object", "null"],
            "description": "How far the last back-fill is: the reading of conversations that have"
            " more texts than we knew.",
        },
        unreadable=COUNT
        | {"description": "Rows and webhooks of the provider that could not be read."},
        last_unreadable=like(CONNECTION["last_unreadable"])
        | {"type": ["object", "null"], "description": "The last one of these."},
        webhook=like(
            CONNECTION["webhook"],
            state=TEXT | {"enum": ["registered", "off", "inactive", "not-kept", "failing"]},
        )
        | {
            "type": ["object", "null"],
            "description": "Whether our address is in the provider's webhook list; polling serves"
            " where it is not.",
        },
        source=TEXT | {"enum": ["api", "environment"]},
        ingress_url=MAYBE,
    ),
    "Me": like(ME, scopes=array(SCOPE), expires_at=TIME, connections=array(ref("Connection"))),
    "Catalog": answered(
        {
            name: array(like({"key": "devices", "label": "Devices"}))
            for name in ("triggers", "actions", "searches", "options", "providers")
        }
    ),
    "PlatformApp": like(PLATFORM_APP),
    **workspace_resources.SCHEMAS,
}


def section(tag: str, *rows: Endpoint) -> list[Endpoint]:
    """The rows of one subject, each with the parameters that its path names."""
    return [
        replace(each, tag=tag, parameters=[*_named(each.path), *each.parameters]) for each in rows
    ]


def _named(path: str) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": PATHS[name]}
        for name in re.findall(r"{(\w+)}", path)
        if name in PATHS
    ]


def one(name: str, said: str = "", status: int = 200, **more: Any) -> Reply:
    """An answer that is one such object."""
    example = next(iter(SCHEMAS[name].get("examples", ())), None)
    given = {"description": said or f"The {name.lower()}.", "example": example, **more}
    return Reply(schema=ref(name), status=status, **given)


def page(name: str, example: Any = None) -> Reply:
    """An answer that is one page of a list of resources."""
    shape = answered({"data": array(ref(name)), "next_cursor": MAYBE})
    rows = {"data": [example or SCHEMAS[name]["examples"][0]], "next_cursor": None}
    return Reply(description="One page of them.", schema=shape, example=rows)


def plain(said: str, example: Schema, status: int = 200) -> Reply:
    """An answer that is a small object of its own."""
    return Reply(description=said, schema=like(example), status=status, example=example)


GONE = Reply(description="Done, or nothing was there any more.", schema=EMPTY, example={})
