"""The endpoints of accounts: who am I, the catalog, connections, API keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Provider
from integration.schema import json_schema as schema
from integration.schema.endpoint import Endpoint, in_path
from integration.web.api.account_inputs import ConnectionInput, KeyInput
from integration.web.openapi import resources as shown
from integration.web.openapi.resources import PAGING

CONNECTION = in_path("connection_id", "conn_[a-z0-9_]{1,60}", shown.CONNECTION_ID)
KEY = in_path("key_id", "key_[0-9a-f]{16}", shown.KEY_ID)
ABOUT_SETTINGS = (
    "The provider's own fields stand beside `provider`, or in an object `settings`; `GET"
    " /v1/catalog` lists them. The provider is asked at once whose account it is: see `health`."
)


NEW_KEY = shown.KEY | {"key": "hk_Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z"}


def endpoints(catalog: Catalog) -> Iterator[Endpoint]:
    yield from _about()
    yield from _connections(catalog.providers.values())
    yield _update(catalog.providers.values())
    yield from _one_connection()
    yield _test_connection()
    yield from _keys()
    yield from _one_key()


def _about() -> Iterator[Endpoint]:
    yield Endpoint(
        method="get",
        path="/v1/me",
        id="get_me",
        tag="Account",
        summary="Tell whose key this is; the authentication test.",
        replies={200: shown.one("The workspace.", "Me", shown.ME)},
    )
    yield Endpoint(
        method="get",
        path="/v1/catalog",
        id="get_catalog",
        tag="Account",
        summary="List every trigger, action, search, dropdown and provider with its fields.",
        replies={200: shown.one("The catalog.", "Catalog")},
    )


def _connections(providers: Iterable[type[Provider]]) -> Iterator[Endpoint]:
    reply = shown.one("The same account again: the one that exists.", "Connection")
    yield Endpoint(
        method="get",
        path="/v1/connections",
        id="list_connections",
        tag="Connections",
        summary="List the provider accounts of the workspace.",
        parameters=PAGING,
        replies={200: shown.page("Connections.", "Connection", shown.CONNECTION)},
        problems=(422,),
    )
    yield Endpoint(
        method="post",
        path="/v1/connections",
        id="create_connection",
        tag="Connections",
        summary="Connect a provider account.",
        description=ABOUT_SETTINGS,
        body={"oneOf": [_new(kind) for kind in providers]},
        body_example={"provider": "pairfon", "label": "Office", "api_key": "pf_live_0123456789"},
        replies={201: shown.one("Connected.", "Connection", shown.CONNECTION), 200: reply},
        problems=(404,),
    )


def _new(kind: type[Provider]) -> dict[str, Any]:
    """What connects an account of one provider: its key, a label, its own settings."""
    own = schema.properties(ConnectionInput, provider={"const": dashed(kind.key)})
    settings = schema.of_inputs(kind.settings)
    own["provider"].pop("examples", None)
    required = ["provider", *settings.get("required", [])]
    return schema.shut(own | settings["properties"], required) | {"title": kind.label}


def _change(kind: type[Provider]) -> dict[str, Any]:
    label = schema.properties(ConnectionInput)["label"]
    settings = schema.of_inputs(kind.settings)["properties"]
    return schema.shut({"label": label, **settings}) | {"title": kind.label}


def _update(providers: Iterable[type[Provider]]) -> Endpoint:
    return Endpoint(
        method="patch",
        path="/v1/connections/{connection_id}",
        id="update_connection",
        tag="Connections",
        summary="Change a connection; a secret that is left out stays as it is.",
        parameters=[CONNECTION],
        body={"anyOf": [_change(kind) for kind in providers]},
        body_required=False,
        body_example={"label": "Office"},
        replies={200: shown.one("The connection.", "Connection", shown.CONNECTION)},
        problems=(404, 409),
    )


def _one_connection() -> Iterator[Endpoint]:
    path = "/v1/connections/{connection_id}"
    reply = {200: shown.one("The connection.", "Connection", shown.CONNECTION)}
    common: dict[str, Any] = {"tag": "Connections", "parameters": [CONNECTION]}
    yield Endpoint(
        method="get",
        path=path,
        id="get_connection",
        summary="Show a connection.",
        replies=reply,
        problems=(404,),
        **common,
    )
    yield Endpoint(
        method="delete",
        path=path,
        id="delete_connection",
        summary="Remove a connection.",
        replies={200: shown.GONE},
        problems=(404, 409),
        **common,
    )


def _test_connection() -> Endpoint:
    return Endpoint(
        method="post",
        path="/v1/connections/{connection_id}/test",
        id="test_connection",
        tag="Connections",
        summary="Ask the provider whose account it is, and note the health.",
        parameters=[CONNECTION],
        replies={200: shown.one("The connection.", "Connection", shown.CONNECTION)},
        problems=(404,),
    )


def _keys() -> Iterator[Endpoint]:
    scopes = {"type": "array", "items": shown.SCOPE, "minItems": 1, "examples": [["read"]]}
    yield Endpoint(
        method="get",
        path="/v1/keys",
        id="list_keys",
        tag="API keys",
        summary="List the API keys, never the keys themselves.",
        parameters=PAGING,
        replies={200: shown.page("Keys.", "ApiKey", shown.KEY)},
        problems=(422,),
    )
    yield Endpoint(
        method="post",
        path="/v1/keys",
        id="create_key",
        tag="API keys",
        summary="Make an API key; it is shown in this answer and never again.",
        body=schema.of_inputs(KeyInput, scopes=scopes),
        body_required=False,
        body_example={"name": "Zapier", "scopes": ["read", "write"]},
        replies={201: shown.one("Made.", "ApiKey", NEW_KEY)},
    )


def _one_key() -> Iterator[Endpoint]:
    yield Endpoint(
        method="post",
        path="/v1/keys/{key_id}/rotate",
        id="rotate_key",
        tag="API keys",
        summary="Replace a key by a new one; the old one ends at once.",
        parameters=[KEY],
        replies={201: shown.one("Made.", "ApiKey", NEW_KEY)},
        problems=(404,),
    )
    yield Endpoint(
        method="delete",
        path="/v1/keys/{key_id}",
        id="revoke_key",
        tag="API keys",
        summary="Revoke a key.",
        parameters=[KEY],
        replies={200: shown.GONE},
        problems=(404, 409),
    )
