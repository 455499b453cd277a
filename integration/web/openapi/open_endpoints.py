"""The endpoints outside the version: providers' webhooks, health, metrics, this document."""

from typing import Any

from integration.kernel.catalog import Catalog, dashed
from integration.schema.components import TEXT, answered, like
from integration.schema.endpoint import Endpoint, Reply
from integration.web.openapi.resources import plain, section

CHECK = answered({"ok": {"type": "boolean"}, "detail": TEXT})
COUNT = {"type": ["integer", "null"]}
COUNTED = {"ok": {"type": "boolean"}, "detail": TEXT, "used": COUNT, "allowed": COUNT}
CHECKS = {
    "type": "object",
    "properties": {"connections": answered(COUNTED)},
    "additionalProperties": CHECK,
}
READY = {"status": "ok", "checks": {"store": {"ok": True, "detail": "Durable."}}}
AWAY = {"status": "unavailable", "checks": {"store": {"ok": False, "detail": "No answer."}}}
WEB_PAGE = {"type": "string", "contentMediaType": "text/html"}
DATA: dict[str, Any] = {"anyOf": [{"type": "object"}, {"type": "array"}]}


def endpoints(catalog: Catalog) -> list[Endpoint]:
    ingress = _ingress([dashed(key) for key in catalog.providers])
    return [*section("Providers' webhooks", ingress), *_health(), *_about_itself()]


def _ingress(providers: list[str]) -> Endpoint:
    return Endpoint(
        "POST /ingress/{provider}/{token}",
        "receive_webhook",
        "Take what a provider sends: messages and delivery receipts.",
        [
            plain("Committed.", {"received": 1}),
            plain("Kept, not understood.", {"received": 0, "message": "Kept."}, 202),
        ],
        description="`GET /v1/connections` gives the address with its token; the token is the key."
        " Any body is taken; one that is not understood is kept for inspection.",
        parameters=[
            _part("provider", {"type": "string", "enum": providers}),
            _part("token", {"type": "string", "pattern": "^conn_[a-z0-9_]{1,60}-[a-z2-7]{32}$"}),
        ],
        body=DATA,
        body_required=False,
        body_example={"message_id": "9f1c", "status": "delivered"},
        problems=(404, 413, 503),
        open=True,
    )


def _part(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _checked(status: int, said: str, example: dict[str, Any]) -> Reply:
    shape = like(example, checks=CHECKS)
    return Reply(status=status, description=said, schema=shape, example=example)


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
            "Tell whether the store, a worker and the scheduler are there.",
            [
                _checked(200, "Requests are served.", READY),
                _checked(503, "The store is away.", AWAY),
            ],
            open=True,
        ),
        Endpoint(
            "GET /metrics",
            "get_metrics",
            "Give metrics to Prometheus.",
            [Reply(description="Metrics.", schema=TEXT, media="text/plain")],
            problems=(503,),
            open=True,
        ),
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
