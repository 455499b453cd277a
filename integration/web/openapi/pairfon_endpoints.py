"""The endpoints in Pairfon's own shapes, with its 400 where the others say 422."""

from typing import Any

from integration.kernel.catalog import Catalog
from integration.schema import json_schema as schema
from integration.schema.components import MAYBE, like
from integration.schema.endpoint import Endpoint, Reply, array
from integration.web.api.pairfon_compatible import FILTERS
from integration.web.openapi.resources import EMPTY, plain, section

MESSAGE: dict[str, Any] = {
    "phone": "+14155550123",
    "message": "Yes, see you at 5",
    "sim_slot": "SIM1",
    "device_fingerprint": "abc123",
    "received_at": "2026-01-31T09:00:00Z",
}
LISTED = {"id": 101} | MESSAGE
LATEST = {"id": "5f0c7a1e-3b52-4c8e-9a44-2d6f1c0b9e7d"} | MESSAGE
UUID = {"type": "string", "format": "uuid"}
REQUIRED = ("device_fingerprint", "phone", "message")


def endpoints(catalog: Catalog) -> list[Endpoint]:
    row = like(LISTED, sim_slot=MAYBE, device_fingerprint=MAYBE)
    newest = like(LATEST, id=UUID, sim_slot=MAYBE, device_fingerprint=MAYBE)
    shape = {"anyOf": [newest, EMPTY]}
    return section(
        "Pairfon's shapes",
        Endpoint(
            "GET /zapier/inbound-sms",
            "pairfon_inbound_sms",
            "List up to 50 received messages, newest first.",
            [Reply(description="Messages.", schema=array(row), example=[LISTED])],
            parameters=schema.parameters(catalog.trigger("inbound_sms").inputs, only=FILTERS),
        ),
        Endpoint(
            "GET /zapier/latest-sms",
            "pairfon_latest_sms",
            "Show the newest received message, `{}` before the first one.",
            [Reply(description="The message.", schema=shape, example=LATEST)],
            parameters=schema.parameters(catalog.trigger("latest_sms").inputs, only=FILTERS),
        ),
        _send(catalog),
    )


def _send(catalog: Catalog) -> Endpoint:
    number = {"type": "string", "format": "phone", "pattern": schema.E164}
    body = schema.of_inputs(
        catalog.action("send_sms").inputs,
        only=(*REQUIRED, "sim_slot"),
        required=REQUIRED,
        device_fingerprint={"pattern": schema.SOMETHING, "minLength": 1},
    )
    body["properties"]["phone"] = number | {"title": "Phone", "examples": ["+14155550123"]}
    asked = {name: MESSAGE[name] for name in (*REQUIRED, "sim_slot")}
    return Endpoint(
        "POST /zapier/send-sms",
        "pairfon_send_sms",
        "Send a text through a phone, and wait up to ten seconds for its provider.",
        [plain("Queued.", {**asked, "id": 301, "message": "SMS queued successfully."})],
        body=body,
        body_example=asked,
        problems=(404, 409, 502),
    )
