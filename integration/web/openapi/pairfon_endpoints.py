"""The endpoints in Pairfon's own shapes, with its 400 where the others say 422."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integration.kernel.catalog import Catalog
from integration.schema import json_schema as schema
from integration.schema.components import MAYBE, TEXT, TIME, answered
from integration.schema.endpoint import Endpoint, Reply, array
from integration.web.api.pairfon_compatible import FILTERS

TAG = "Pairfon's shapes"
FACTS: dict[str, Any] = {
    "phone": TEXT,
    "message": TEXT,
    "sim_slot": MAYBE,
    "device_fingerprint": MAYBE,
    "received_at": TIME,
}
NUMBER: dict[str, Any] = {"type": "integer", "minimum": 0}
MESSAGE: dict[str, Any] = {
    "phone": "+14155550123",
    "message": "Yes, see you at 5",
    "sim_slot": "SIM1",
    "device_fingerprint": "abc123",
    "received_at": "2026-01-31T09:00:00Z",
}
UUID = "5f0c7a1e-3b52-4c8e-9a44-2d6f1c0b9e7d"
QUEUED = answered(
    {"id": NUMBER, "message": TEXT, "phone": TEXT, "device_fingerprint": TEXT, "sim_slot": TEXT}
)


def endpoints(catalog: Catalog) -> Iterator[Endpoint]:
    yield from _inbound(catalog)
    yield _send(catalog)


def _inbound(catalog: Catalog) -> Iterator[Endpoint]:
    listed, latest = {"id": 101} | MESSAGE, {"id": UUID} | MESSAGE
    row = answered({"id": NUMBER, **FACTS})
    newest = answered({"id": {"type": "string", "format": "uuid"}, **FACTS})
    none = {"type": "object", "maxProperties": 0}
    yield Endpoint(
        method="get",
        path="/zapier/inbound-sms",
        id="pairfon_inbound_sms",
        tag=TAG,
        summary="List up to 50 received messages, newest first.",
        parameters=schema.parameters(catalog.trigger("inbound_sms").inputs, only=FILTERS),
        replies={200: Reply(description="Messages.", schema=array(row), example=[listed])},
    )
    yield Endpoint(
        method="get",
        path="/zapier/latest-sms",
        id="pairfon_latest_sms",
        tag=TAG,
        summary="Show the newest received message, `{}` before the first one.",
        parameters=schema.parameters(catalog.trigger("latest_sms").inputs, only=FILTERS),
        replies={
            200: Reply(description="The message.", schema={"anyOf": [newest, none]}, example=latest)
        },
    )


def _send(catalog: Catalog) -> Endpoint:
    required = ("device_fingerprint", "phone", "message")
    number = {"type": "string", "format": "phone", "pattern": schema.E164}
    body = schema.of_inputs(
        catalog.action("send_sms").inputs,
        only=(*required, "sim_slot"),
        required=required,
        device_fingerprint={"pattern": schema.SOMETHING, "minLength": 1},
    )
    body["properties"]["phone"] = number | {"title": "Phone", "examples": ["+14155550123"]}
    asked = {name: MESSAGE[name] for name in (*required, "sim_slot")}
    answer = {"id": 301, "message": "SMS queued successfully."} | {
        name: asked[name] for name in ("phone", "device_fingerprint", "sim_slot")
    }
    return Endpoint(
        method="post",
        path="/zapier/send-sms",
        id="pairfon_send_sms",
        tag=TAG,
        summary="Send a text through a phone.",
        body=body,
        body_example=asked,
        replies={200: Reply(description="Queued.", schema=QUEUED, example=answer)},
        problems=(404,),
    )
