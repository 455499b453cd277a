"""The endpoints outside the version: providers' webhooks, health, metrics, this document."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from integration.kernel.catalog import Catalog, dashed
from integration.schema.components import TEXT, answered, like
from integration.schema.endpoint import Endpoint, Reply
from integration.web.api.ingress import readers
from integration.web.openapi.resources import plain, section

CHECK = answered({"ok": {"type": "boolean"}, "detail": TEXT})
COUNT = {"type": ["integer", "null"]}
COUNTED = {"ok": {"type": "boolean"}, "detail": TEXT, "used": COUNT, "allowed": COUNT}
CHECKS = {
    "type": "object",
    "properties": {"connections": answered(COUNTED)},
    "additionalProperties": CHECK,
}
READY = {
    "status": "ok",
    "checks": {
        "store": {"ok": True, "detail": "Durable."},
        "worker": {"ok": True, "detail": "Seen 1 s ago.", "processes": 3},
    },
}
AWAY = {"status": "unavailable", "checks": {"store": {"ok": False, "detail": "No answer."}}}
WEB_PAGE = {"type": "string", "contentMediaType": "text/html"}
ABOUT_WEBHOOKS = (
    "`GET /v1/connections` gives the address with its token; the token is the key. Any body is"
    " taken, JSON or a form, up to the size that the provider sends; one that is not understood is"
    " kept for inspection. Where the connection has a secret for signatures, a webhook without a"
    " right one is 401 or 403. Some providers get the answer that they demand, such as TwiML, 204"
    " or a fixed text, instead of these."
)
DATA: dict[str, Any] = {"anyOf": [{"type": "object"}, {"type": "array"}]}


def endpoints(catalog: Catalog) -> list[Endpoint]:
    webhooks = section("Providers' webhooks", *_ingress(catalog))
    return [*webhooks, *_health(), *_about_itself()]


def _ingress(catalog: Catalog) -> Iterator[Endpoint]:
    posted = Endpoint(
        "POST /ingress/{provider}/{token}",
        "receive_webhook",
        "Take what a provider sends: messages and delivery receipts.",
        [
            plain("Committed.", {"received": 1}),
            plain("Kept, not understood.", {"received": 0, "message": "Kept."}, 202),
        ],
        description=ABOUT_WEBHOOKS,
        parameters=_address(catalog.providers),
        body=DATA,
        body_required=False,
        body_example={"message_id": "9f1c", "status": "delivered"},
        problems=(401, 403, 404, 413, 503),
        open=True,
    )
    yield posted
    asking = [kind.key for kind in readers(catalog) if "GET" in kind.webhook_methods]
    if asking:
        yield replace(
            posted,
            call="GET /ingress/{provider}/{token}",
            id="receive_webhook_by_get",
            summary="Take what a provider sends in a query.",
            parameters=_address(asking),
            body=None,
            problems=(401, 403, 404, 503),
        )


def _address(providers: Iterable[str]) -> list[dict[str, Any]]:
    keys = [dashed(key) for key in providers]
    return [
        _part("provider", {"type": "string", "enum": keys}),
        _part("token", {"type": "string", "pattern": "^conn_[a-z0-9_]{1,60}-[a-z2-7]{32}$"}),
    ]


def _part(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _checked(status: int, said: str, example: dict[str, Any]) -> Reply:
    shape = like(example, checks=CHECKS)
    return Reply(status=status, description=said, schema=shape, example=example)


PROCESSES = (
    "`worker` and `deliveries` say how many `processes` run of each, with a free place or without."
    " The console's page Workers and `hookline workers` list them."
)


METRICS = Endpoint(
    "GET /metrics",
    "get_metrics",
    "Give metrics to Prometheus.",
    [Reply(description="Metrics.", schema=TEXT, media="text/plain")],
    description="Where METRICS_TOKEN is set, it is asked for as a bearer token.",
    problems=(401, 503),
    open=True,
)


def _health() -> list[Endpoint]:
    return section(
        "Health",
        Endpoint(
            "GET /healthz",
            "get_liveness",
            "Tell whether the process is alive; `service` is the same in all of them.",
            [plain("It is.", {"status": "ok", "service": "a3kq7tzm5xnw2c4d"})],
            open=True,
        ),
        Endpoint(
            "GET /readyz",
            "get_readiness",
            "Tell whether the store, the workers and the scheduler are there.",
            [
                _checked(200, "Requests are served.", READY),
                _checked(503, "The store is away.", AWAY),
            ],
            description=PROCESSES,
            open=True,
        ),
        METRICS,
    )


def _about_itself() -> list[Endpoint]:
    return section(
        "This document",
        Endpoint(
            "GET /openapi.json",
            "get_openapi",
            "Give this document.",
            [Reply(description="OpenAPI 3.1.", schema=answered({"openapi": TEXT}))],
            open=True,
        ),
        Endpoint(
            "GET /docs",
            "get_docs",
            "Show this document as a page.",
            [Reply(description="A page.", schema=WEB_PAGE, media="text/html")],
            open=True,
        ),
    )
