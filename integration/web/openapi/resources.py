"""The objects that the routes answer with, as schemas and samples."""

import re
from dataclasses import replace
from typing import Any

from integration.accounts import pacing
from integration.kernel import outputs
from integration.schema import json_schema as schema
from integration.schema.components import COUNT, MAYBE, TEXT, answered, like
from integration.schema.endpoint import Endpoint, Reply, array, ref
from integration.web.core.paging import PageInput
from integration.web.openapi import hook_resources, workspace_resources
from integration.web.openapi.hook_resources import DELIVERY_ID
from integration.web.openapi.workspace_resources import HOOK_ID, KEY_ID, SCOPE, TIME

Schema = dict[str, Any]
FULL = {"rule": "device_full", "name": "p1", "jobs_waiting": 3, "until": "2026-01-31T09:00:00Z"}
CONNECTION_ID = "conn_4dkq7m2vxa5tzr3w"
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
    "lane": {
        "state": "open",
        "jobs_waiting": 0,
        "jobs_paced": 0,
        "since": None,
        "next_try": None,
        "full": [FULL],
    },
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
    "last_refused": {"at": "2026-01-31T09:00:00Z", "reason": "A webhook came unsigned."},
    "webhook": {"state": "registered", "detail": "", "since": "2026-01-31T09:00:00Z"},
    "pacing": {
        "gap_seconds": 5,
        "parts_per_minute": None,
        "parts_per_hour": 200,
        "parts_per_day": None,
        "recipients_per_day": None,
        "recipients_per_month": None,
        "per": "sim",
    },
    "source": "api",
    "ingress_url": None,
    "webhook_secret": None,
    "sync": {
        "last_at": "2026-01-31T09:00:00Z",
        "next_at": "2026-01-31T09:00:30Z",
        "failures": 0,
    },
    "limit": {"calls": 100, "seconds": 60, "left": 97, "renewed_at": "2026-01-31T09:01:00Z"},
    "seen": {
        "at": "2026-01-31T09:00:00Z",
        "balance": None,
        "phones": [
            {
                "device_fingerprint": "abc123",
                "device_name": "Samsung Galaxy S24",
                "status": "active",
                "selected_sim": "BOTH",
                "listed_at": "2026-01-31T09:00:00Z",
            }
        ],
    },
}
PACING: Schema = {
    **{name: {"type": ["integer", "null"], "minimum": 1} for name in pacing.RULES},
    "per": TEXT | {"enum": [*pacing.APART]},
}
WEBHOOK_STATES = ["registered", "off", "inactive", "occupied", "not-kept", "failing"]
ONE_ALONE = ("ingress_url", "webhook_secret", "sync", "limit", "seen")
"""Members that only some answers about a connection have."""
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
    "connections": [{name: CONNECTION[name] for name in CONNECTION if name not in ONE_ALONE}],
}

SCHEMAS: Schema = {
    **hook_resources.SCHEMAS,
    "Connection": like(
        CONNECTION,
        maybe=ONE_ALONE,
        sync=like(CONNECTION["sync"], last_at=TIME)
        | {
            "type": ["object", "null"],
            "description": "When it was last asked what came in; null where it cannot be asked.",
        },
        limit=like(CONNECTION["limit"], renewed_at=TIME)
        | {"description": "How many calls the provider allows, and how many are left."},
        seen=like(CONNECTION["seen"], balance=MAYBE)
        | {
            "type": ["object", "null"],
            "description": "What the account showed when it was last tested.",
        },
        settings={"type": "object", "description": "Without what is secret."},
        health=TEXT | {"enum": ["ok", "failing", "unknown"]},
        health_detail=TEXT | {"description": "The first cause of a failure that lasts."},
        health_since=TIME | {"description": "Since when it fails."},
        health_latest=TEXT | {"description": "What failed last."},
        lane=like(
            CONNECTION["lane"],
            state=TEXT | {"enum": ["open", "silent", "limited", "paced"]},
            since=MAYBE | {"format": "date-time"},
            next_try=MAYBE | {"format": "date-time"},
        )
        | {
            "description": "What the account's jobs wait for: an answer, the provider's limit, or"
            " the account's own pacing; `jobs_paced` counts the last. `full` are the phones"
            " and senders that take no texts for now, with the next try of each."
        },
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
        last_refused=like(CONNECTION["last_refused"])
        | {
            "type": ["object", "null"],
            "description": "When a webhook was last refused, since its signature was missing or"
            " wrong.",
        },
        webhook=like(
            CONNECTION["webhook"],
            state=TEXT | {"enum": WEBHOOK_STATES},
        )
        | {
            "type": ["object", "null"],
            "description": "Whether our address is in the provider's webhook list; polling serves"
            " where it is not.",
        },
        pacing=answered(PACING)
        | {"type": ["object", "null"], "description": "How fast it may text; null for no rule."},
        source=TEXT | {"enum": ["api", "environment"]},
        ingress_url=MAYBE,
        webhook_secret=MAYBE
        | {
            "description": "What the provider is to sign its webhooks with; null where it chooses"
            " its own, and for keys that only read."
        },
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
