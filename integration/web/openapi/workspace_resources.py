"""The objects of workspaces, their API keys and their audit lists, as schemas and samples."""

from typing import Any

from integration.accounts.api_keys import SCOPES
from integration.accounts.workspaces import LIMITS
from integration.schema.components import MAYBE, TEXT, answered, like
from integration.schema.endpoint import array

Schema = dict[str, Any]
HOOK_ID = "hook_0123456789abcdef0123"
KEY_ID = "key_0123456789abcdef"
SCOPE: Schema = {"type": "string", "enum": list(SCOPES)}
TIME: Schema = MAYBE | {"format": "date-time"}
KEY: Schema = {
    "id": KEY_ID,
    "workspace": "default",
    "name": "Zapier",
    "prefix": "hk_Ab3d…",
    "scopes": ["read", "texts", "act", "hooks"],
    "source": "api",
    "created_at": "2026-01-31T09:00:00Z",
    "expires_at": None,
    "platform": "zapier",
    "first_call_at": "2026-01-31T09:02:00Z",
}
NEW_KEY = KEY | {"key": "hk_Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z"}
AUDIT_ENTRY: Schema = {
    "at": "2026-01-31T09:00:00Z",
    "by": KEY_ID,
    "action": "hook.created",
    "subject": HOOK_ID,
    "detail": "inbound-sms to hooks.example.com",
    "request_id": "req_5b1f0c9d2e7a4680",
}
WORKSPACE: Schema = {
    "name": "acme",
    "created_at": "2026-01-31T09:00:00Z",
    "limits": {"rate_limit": 600, "backlog": None, "hooks": 100},
}
MADE = WORKSPACE | {"key_id": "key_0123456789abcdef", "key": "hk_Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z"}
_LIMIT: Schema = {"type": ["integer", "null"], "minimum": 1}
SCHEMAS: Schema = {
    "AuditEntry": like(AUDIT_ENTRY),
    "ApiKey": like(
        NEW_KEY,
        maybe=("key",),
        scopes=array(SCOPE),
        expires_at=TIME | {"description": "From when on it opens nothing."},
        platform=MAYBE | {"description": "The platform that it is for."},
        first_call_at=TIME | {"description": "The first call of a key that is for a platform."},
        key=TEXT | {"description": "The key itself, in this answer alone."},
    ),
    "Workspace": like(
        MADE,
        maybe=("key_id", "key"),
        created_at=TIME,
        limits=answered(dict.fromkeys(LIMITS, _LIMIT))
        | {"description": "Limits of its own; null where the service's settings hold."},
        key=TEXT | {"description": "Its first API key, in this answer alone."},
    )
    | {"examples": [WORKSPACE]},
}
