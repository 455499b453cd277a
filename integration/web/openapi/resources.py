"""The objects that the routes answer with, as schemas and samples."""

from __future__ import annotations

from typing import Any

from integration.accounts.api_keys import SCOPES
from integration.schema import json_schema as schema
from integration.schema.components import MAYBE, TEXT, TIME, answered
from integration.schema.endpoint import Reply, array, ref
from integration.web.core.paging import PageInput

Schema = dict[str, Any]
HOOK_ID = "hook_0123456789abcdef0123"
CONNECTION_ID = "conn_4dkq7m2vxa5tzr3w"
DELIVERY_ID = "dlv_k4x2mq7vb3nd5wz6tj2yh4re7a"
KEY_ID = "key_0123456789abcdef"
PAGING = schema.parameters(PageInput, cursor={"pattern": "^p[0-9]{1,9}$"})
EMPTY: Schema = {"type": "object", "maxProperties": 0}
SCOPE: Schema = {"type": "string", "enum": list(SCOPES)}

HOOK: Schema = {
    "id": HOOK_ID,
    "trigger": "inbound-sms",
    "target_url": "https://hooks.example.com/1",
    "filters": {"sim_slot": "SIM1"},
    "status": "active",
    "status_detail": "",
    "platform": "zapier",
    "description": "Orders Zap",
    "created_at": "2026-01-31T09:00:00Z",
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
    "last_gap": {
        "at": "2026-01-31T09:00:00Z",
        "back_filled": 3,
        "detail": "The provider's list had moved past its last look; its history was read for what"
        " was missed.",
    },
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
KEY: Schema = {
    "id": KEY_ID,
    "workspace": "default",
    "name": "Zapier",
    "prefix": "hk_Ab3d…",
    "scopes": ["read", "write"],
    "source": "api",
    "created_at": "2026-01-31T09:00:00Z",
}
ME: Schema = {
    "workspace": "default",
    "label": "Hookline: Amy's Phones",
    "key_id": KEY_ID,
    "scopes": ["read", "write"],
    "connections": [{name: CONNECTION[name] for name in CONNECTION if name != "ingress_url"}],
}

_hook = answered(
    {
        "id": TEXT,
        "trigger": TEXT,
        "target_url": {"type": "string", "format": "uri"},
        "filters": {"type": "object"},
        "status": {"type": "string", "enum": ["active", "paused"]},
        "status_detail": TEXT,
        "platform": MAYBE,
        "description": MAYBE,
        "created_at": TIME,
        "secret": {"type": "string", "pattern": "^whsec_"},
    },
    maybe=("secret",),
)
_sent = answered(
    {
        "at": TIME,
        "status": {"type": "integer", "description": "The target's HTTP status, 0 for none."},
        "detail": TEXT,
        "took_ms": {"type": "integer", "minimum": 0},
    }
)
_delivery = answered(
    {
        "id": TEXT,
        "hook_id": TEXT,
        "event_id": TEXT,
        "status": TEXT,
        "tries": {"type": "integer", "minimum": 0},
        "attempts": array(_sent),
        "next_attempt_at": {"type": ["string", "null"], "format": "date-time"},
        "created_at": TIME,
    }
)
_connection = answered(
    {
        "id": TEXT,
        "provider": TEXT,
        "label": TEXT,
        "settings": {"type": "object", "description": "Without what is secret."},
        "capabilities": array(TEXT),
        "health": {"type": "string", "enum": ["ok", "failing", "unknown"]},
        "health_detail": TEXT,
        "last_gap": {
            "type": ["object", "null"],
            "description": "When messages were last found to have come in unseen.",
            "properties": {
                "at": TIME,
                "back_filled": {"type": "integer", "minimum": 0},
                "detail": TEXT,
            },
        },
        "webhook": {
            "type": ["object", "null"],
            "description": "Whether our address is in the provider's webhook list; polling serves"
            " where it is not.",
            "properties": {
                "state": {
                    "type": "string",
                    "enum": ["registered", "off", "inactive", "not-kept", "failing"],
                },
                "detail": TEXT,
                "since": TIME,
            },
        },
        "source": {"type": "string", "enum": ["api", "environment"]},
        "ingress_url": MAYBE,
    },
    maybe=("ingress_url",),
)
_key = answered(
    {
        "id": TEXT,
        "workspace": TEXT,
        "name": TEXT,
        "prefix": TEXT,
        "scopes": array(SCOPE),
        "source": TEXT,
        "created_at": TIME,
        "key": {"type": "string", "description": "The key itself, in this answer alone."},
    },
    maybe=("key",),
)
_me = answered(
    {
        "workspace": TEXT,
        "label": TEXT,
        "key_id": TEXT,
        "scopes": array(SCOPE),
        "connections": array(ref("Connection")),
    }
)
_described = answered({"key": TEXT, "label": TEXT})
_catalog = answered(
    {
        name: array(_described)
        for name in ("triggers", "actions", "searches", "options", "providers")
    }
)
SCHEMAS: Schema = {
    "Hook": _hook | {"examples": [HOOK]},
    "Delivery": _delivery | {"examples": [DELIVERY]},
    "Connection": _connection | {"examples": [CONNECTION]},
    "ApiKey": _key | {"examples": [KEY]},
    "Me": _me,
    "Catalog": _catalog,
    "PlatformApp": schema.of_sample(PLATFORM_APP, sure=PLATFORM_APP),
}


def one(said: str, name: str, example: Any = None, **more: Any) -> Reply:
    """An answer that is one such object."""
    return Reply(description=said, schema=ref(name), example=example, **more)


def page(said: str, name: str, example: Any = None) -> Reply:
    """An answer that is one page of a list of resources."""
    shape = answered({"data": array(ref(name)), "next_cursor": MAYBE})
    rows = {"data": [example], "next_cursor": None} if example else None
    return Reply(description=said, schema=shape, example=rows)


def plain(said: str, example: Any, **properties: Schema) -> Reply:
    """An answer that is a small object of its own."""
    return Reply(description=said, schema=answered(properties), example=example)


GONE = Reply(description="Done, or nothing was there any more.", schema=EMPTY, example={})
