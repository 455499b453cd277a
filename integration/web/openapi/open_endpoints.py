"""The endpoints outside the version: providers' webhooks, health, metrics, this document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integration.kernel.catalog import Catalog, dashed
from integration.schema.components import TEXT, answered
from integration.schema.endpoint import Endpoint, Reply
from integration.web.openapi import resources as shown

COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
CHECK = answered({"ok": {"type": "boolean"}, "detail": TEXT})
HEALTH = answered({"status": TEXT, "checks": {"type": "object", "additionalProperties": CHECK}})
ALIVE = answered({"status": {"type": "string", "const": "ok"}})
READY = {"status": "ok", "checks": {"store": {"ok": True, "detail": "Durable."}}}
AWAY = {"status": "unavailable", "checks": {"store": {"ok": False, "detail": "No answer."}}}
WEB_PAGE = {"type": "string", "contentMediaType": "text/html"}
DATA: dict[str, Any] = {"anyOf": [{"type": "object"}, {"type": "array"}]}


def endpoints(catalog: Catalog) -> Iterator[Endpoint]:
    yield _ingress([dashed(key) for key in catalog.providers])
    yield from _health()
    yield from _about_itself()


def _ingress(providers: list[str]) -> Endpoint:
    kept = {"received": COUNT, "message": TEXT}
    return Endpoint(
        method="post",
        path="/ingress/{provider}/{token}",
        id="receive_webhook",
        tag="Providers' webhooks",
        summary="Take what a provider sends: messages and delivery receipts.",
        description="`GET /v1/connections` gives the address with its token; the token is the key."
        " Any body is taken; one that is not understood is kept for inspection.",
        parameters=[
            _part("provider", {"type": "string", "enum": providers}),
            _part("token", {"type": "string", "pattern": "^conn_[a-z0-9_]{1,60}-[a-z2-7]{32}$"}),
        ],
        body=DATA,
        body_required=False,
        body_example={"message_id": "9f1c", "status": "delivered"},
        replies={
            200: shown.plain("Committed.", {"received": 1}, received=COUNT),
            202: shown.plain("Kept, not understood.", {"received": 0, "message": "Kept."}, **kept),
        },
        problems=(404, 413, 503),
        open=True,
    )


def _part(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _health() -> Iterator[Endpoint]:
    common: dict[str, Any] = {"method": "get", "tag": "Health", "open": True}
    yield Endpoint(
        path="/healthz",
        id="get_liveness",
        summary="Tell whether the process is alive.",
        replies={200: Reply(description="It is.", schema=ALIVE, example={"status": "ok"})},
        **common,
    )
    yield Endpoint(
        path="/readyz",
        id="get_readiness",
        summary="Tell whether the store, a worker and the scheduler are there.",
        replies={
            200: Reply(description="Requests are served.", schema=HEALTH, example=READY),
            503: Reply(description="The store is away.", schema=HEALTH, example=AWAY),
        },
        **common,
    )
    yield Endpoint(
        path="/metrics",
        id="get_metrics",
        summary="Give metrics to Prometheus.",
        replies={200: Reply(description="Metrics.", schema=TEXT, media="text/plain")},
        problems=(503,),
        **common,
    )


def _about_itself() -> Iterator[Endpoint]:
    common: dict[str, Any] = {"method": "get", "tag": "This document", "open": True}
    yield Endpoint(
        path="/openapi.json",
        id="get_openapi",
        summary="Give this document.",
        replies={200: Reply(description="OpenAPI 3.1.", schema=answered({"openapi": TEXT}))},
        **common,
    )
    yield Endpoint(
        path="/docs",
        id="get_docs",
        summary="Show this document as a page.",
        replies={200: Reply(description="A page.", schema=WEB_PAGE, media="text/html")},
        **common,
    )
