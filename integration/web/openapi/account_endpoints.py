"""The endpoints of accounts: who am I, the catalog, connections, API keys, the platforms' apps."""

from collections.abc import Collection
from typing import Any

from integration.accounts.pacing import PacingInput
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Provider
from integration.schema import json_schema as schema
from integration.schema.endpoint import Endpoint, Reply
from integration.web.api.accounts import ConnectionInput
from integration.web.api.keys import KeyInput
from integration.web.openapi.resources import GONE, PAGING, one, page, section
from integration.web.openapi.workspace_resources import KEY, SCOPE

ABOUT_SETTINGS = (
    "The provider's own fields stand beside `provider`, or in an object `settings`; `GET"
    " /v1/catalog` lists them. The provider is asked at once whose account it is: see `health`."
)
PACING: dict[str, Any] = {
    "pacing": schema.of_inputs(PacingInput)
    | {
        "type": ["object", "null"],
        "description": "How fast the account may text: `gap_seconds`, budgets of parts and of"
        " recipients in sliding windows, and what is counted apart (`per`). A change holds at once,"
        " and leaves the rules that it does not name; null for one of them or for all clears it.",
    }
}
ARCHIVE = {"type": "string", "contentMediaType": "application/zip"}
CONNECTION = "/v1/connections/{connection_id}"


ABOUT = section(
    "Account",
    Endpoint(
        "GET /v1/me",
        "get_me",
        "Tell whose key this is; the authentication test.",
        [one("Me", "The workspace.")],
    ),
    Endpoint(
        "GET /v1/catalog",
        "get_catalog",
        "List every trigger, action, search, dropdown and provider with its fields.",
        [one("Catalog")],
    ),
)


def endpoints(catalog: Catalog) -> list[Endpoint]:
    accounts = _connections(catalog.providers.values())
    return [*ABOUT, *accounts, *KEYS, *AUDIT, *_platforms(catalog)]


def _connections(providers: Collection[type[Provider]]) -> list[Endpoint]:
    return section(
        "Connections",
        Endpoint(
            "GET /v1/connections",
            "list_connections",
            "List the provider accounts of the workspace.",
            [page("Connection")],
            parameters=PAGING,
            problems=(422,),
        ),
        _connect(providers),
        Endpoint(f"GET {CONNECTION}", "get_connection", "Show a connection.", [one("Connection")]),
        _update(providers),
        Endpoint(
            f"POST {CONNECTION}/test",
            "test_connection",
            "Ask the provider whose account it is, and note the health.",
            [one("Connection")],
        ),
        Endpoint(
            f"DELETE {CONNECTION}",
            "delete_connection",
            "Remove a connection.",
            [GONE],
            problems=(404, 409),
        ),
    )


def _connect(providers: Collection[type[Provider]]) -> Endpoint:
    return Endpoint(
        "POST /v1/connections",
        "create_connection",
        "Connect a provider account.",
        [
            one("Connection", "Connected.", 201),
            one("Connection", "The same account again: the one that exists."),
        ],
        description=ABOUT_SETTINGS,
        body={"oneOf": [_new(kind) for kind in providers]},
        body_example={"provider": "pairfon", "label": "Office", "api_key": "pf_live_0123456789"},
        problems=(404,),
    )


def _update(providers: Collection[type[Provider]]) -> Endpoint:
    return Endpoint(
        f"PATCH {CONNECTION}",
        "update_connection",
        "Change a connection; a secret that is left out stays as it is.",
        [one("Connection")],
        body={"anyOf": [_change(kind) for kind in providers]},
        body_required=False,
        body_example={"label": "Office"},
        problems=(409,),
    )


def _new(kind: type[Provider]) -> dict[str, Any]:
    """What connects an account of one provider: its key, a label, its own settings."""
    own = schema.properties(ConnectionInput, provider={"const": dashed(kind.key)})
    settings = schema.of_inputs(kind.settings)
    own["provider"].pop("examples", None)
    required = ["provider", *settings.get("required", [])]
    return schema.shut(own | settings["properties"] | PACING, required) | {"title": kind.label}


def _change(kind: type[Provider]) -> dict[str, Any]:
    label = schema.properties(ConnectionInput)["label"]
    settings = schema.of_inputs(kind.settings)["properties"]
    return schema.shut({"label": label, **settings, **PACING}) | {"title": kind.label}


SCOPES = {"type": "array", "items": SCOPE, "minItems": 1, "examples": [["read"]]}
KEYS = section(
    "API keys",
    Endpoint(
        "GET /v1/keys",
        "list_keys",
        "List the API keys, never the keys themselves.",
        [page("ApiKey", KEY)],
        parameters=PAGING,
        problems=(422,),
    ),
    Endpoint(
        "POST /v1/keys",
        "create_key",
        "Make an API key; it is shown in this answer and never again.",
        [one("ApiKey", "Made.", 201)],
        body=schema.of_inputs(KeyInput, scopes=SCOPES),
        body_required=False,
        body_example={"name": "Zapier", "scopes": ["read", "texts", "act", "hooks"]},
    ),
    Endpoint(
        "POST /v1/keys/{key_id}/rotate",
        "rotate_key",
        "Make a new key beside this one, which opens for 24 hours more.",
        [one("ApiKey", "Made.", 201)],
        problems=(404, 409),
    ),
    Endpoint(
        "DELETE /v1/keys/{key_id}", "revoke_key", "Revoke a key.", [GONE], problems=(404, 409)
    ),
)


AUDIT = section(
    "Audit",
    Endpoint(
        "GET /v1/audit",
        "list_audit",
        "List who did what to connections, keys, hooks and the workspace, newest first.",
        [page("AuditEntry")],
        description="For keys with the scope `admin`; entries are kept for 90 days. The operator's"
        " key shows what was done to workspaces.",
        parameters=PAGING,
        problems=(422,),
    ),
)


def _platforms(catalog: Catalog) -> list[Endpoint]:
    known = {"type": "string", "enum": [dashed(key) for key in catalog.platforms]}
    return section(
        "Platforms",
        Endpoint(
            "GET /v1/platforms",
            "list_platforms",
            "List the platforms there is an app for.",
            [page("PlatformApp")],
        ),
        Endpoint(
            "GET /v1/platforms/{key}",
            "download_platform",
            "Download a platform's app, made for this service, as a zip archive.",
            [Reply(description="The app.", schema=ARCHIVE, media="application/zip")],
            parameters=[{"name": "key", "in": "path", "required": True, "schema": known}],
        ),
    )
