"""The parts that all operations share: headers, security schemes, and objects of answers."""

from collections.abc import Mapping
from typing import Any

from integration.kernel import outputs
from integration.schema.endpoint import array, ref

Schema = dict[str, Any]
STATUSES = ["scheduled", "queued", "sending", "sent", "delivered", "failed", "unknown", "cancelled"]
TIME: Schema = {"type": "string", "format": "date-time"}
TEXT: Schema = {"type": "string"}
REFUSED = '"hello" has letters in it; write the number in digits, without an extension.'
MAYBE: Schema = {"type": ["string", "null"]}


def _header(description: str, schema: Schema, *, always: bool = True) -> Schema:
    return {"description": description, "schema": schema} | ({"required": True} if always else {})


COUNT: Schema = {"type": "integer", "minimum": 0}
HEADERS: Schema = {
    "X-Request-Id": _header("Names this answer; your own, of 8 to 64 characters, is kept.", TEXT),
    "RateLimit-Limit": _header("Requests in the window.", COUNT),
    "RateLimit-Remaining": _header("Requests left in the window.", COUNT),
    "RateLimit-Reset": _header("Seconds until the window ends.", COUNT),
    "Retry-After": _header("Whole seconds to wait.", {"type": "integer", "minimum": 1}),
    "X-Next-Cursor": _header("Give it as `cursor` to read on from here.", TEXT),
    "X-Batch-Id": _header("Give it as `ack` once dealt with; for consumers.", TEXT, always=False),
    "X-Unanswered": _header(
        "Connections that did not answer; the rows are those of the others.", TEXT, always=False
    ),
    "Location": _header("The absolute address of the hook.", {"type": "string", "format": "uri"}),
    "Idempotency-Replayed": _header(
        "`true` where the first answer is given again.",
        {"type": "string", "enum": ["true"]},
        always=False,
    ),
}

SECURITY_SCHEMES: Schema = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer hk_…`"},
    "apiKeyAuthorization": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Authorization: Api-Key hk_…`",
    },
    "apiKeyHeader": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "`X-API-Key: hk_…`",
    },
}
SECURITY: list[Schema] = [{name: []} for name in SECURITY_SCHEMES]

IDEMPOTENCY_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key and body within 24 hours give the first answer again.",
    "schema": {"type": "string", "maxLength": 255, "examples": ["order-1001"]},
}


def answered(properties: Schema, *, maybe: tuple[str, ...] = ()) -> Schema:
    """The schema of an answer's object. It has all members but `maybe`, and may gain more later."""
    required = [name for name in properties if name not in maybe]
    return {"type": "object", "properties": properties, "required": required}


def like(sample: Mapping[str, Any], *, maybe: tuple[str, ...] = (), **instead: Schema) -> Schema:
    """The schema of the object that a sample shows; `instead` has the members of which it does not
    show all. The name tells text that is a time."""
    shown = {name: instead.get(name) or _seen(name, sample[name]) for name in sample}
    return answered(shown, maybe=maybe) | {"examples": [dict(sample)]}


def _seen(name: str, value: Any) -> Schema:
    if isinstance(value, list):
        row = value[0] if value else {}
        members = {each: _seen(each, row[each]) for each in row} if isinstance(row, dict) else {}
        return array(answered(members) if members else _seen("", row))
    if isinstance(value, str):
        return TIME if name in ("at", "since") or name.endswith("_at") else TEXT
    return COUNT if isinstance(value, int) else {"type": "object"}


_ATTEMPT = answered(
    {
        "at": TIME,
        "outcome": TEXT,
        "detail": TEXT,
        "connection": TEXT
        | {"description": "What it was made through, where the job may go through several."},
    },
    maybe=("connection",),
)
WAITING: Schema = {
    "for": "pacing",
    "rule": "parts_per_hour",
    "ahead": 12,
    "until": "2026-01-31T10:00:00Z",
}
_echoed = ("segments", "phone", "device_fingerprint", "sim_slot")
_status: Schema = {"type": "string", "enum": STATUSES}
JOB = like(
    {**outputs.JOB, **dict.fromkeys((*_echoed, "look_for", "waiting"))},
    maybe=(*_echoed, "look_for", "waiting"),
    status=_status,
    attempts=array(_ATTEMPT),
    provider_id=MAYBE,
    batch_id=MAYBE,
    schedule_at=MAYBE | {"format": "date-time"},
    error={"type": ["object", "null"]},
    segments={"type": "integer", "minimum": 1},
    phone=MAYBE,
    device_fingerprint=MAYBE,
    sim_slot=MAYBE,
    look_for=TEXT
    | {"description": "Of an unknown outcome: what to look for at the provider, and between when."},
    waiting=like(WAITING, until=TIME)
    | {
        "description": "Of a text that waits for the pacing of its connection: the rule, how many"
        " texts go before it, and when it goes at the earliest, if these go as fast as they may."
        " One whose phone or sender takes no texts for now waits for the `provider`: the rule is"
        " `device_full` or `sender_full`, and `until` the next try."
    },
) | {"examples": [dict(outputs.JOB)]}
BATCH = like(
    outputs.batch_sample(outputs.JOB),
    status=_status | {"enum": [*STATUSES, "partial"]},
    jobs=array(ref("Job")),
)
PROBLEM = like(
    {
        "type": "urn:hookline:problem:invalid-input",
        "title": "Invalid input",
        "status": 422,
        "detail": f"phone: {REFUSED}",
        "message": f"phone: {REFUSED}",
        "request_id": "req_5b1f0c9d2e7a4680",
        "errors": {"phone": [REFUSED]},
    },
    maybe=("errors",),
    type=TEXT | {"format": "uri"},
    status={"type": "integer", "minimum": 400, "maximum": 599},
    message=TEXT | {"maxLength": 250},
    errors={"type": "object", "additionalProperties": array(TEXT)},
)
PROBLEM["properties"]["job"] = ref("Job")
SCHEMAS: Schema = {
    "Problem": PROBLEM,
    "Job": JOB,
    "Batch": BATCH,
    "Option": answered({"id": TEXT, "label": TEXT}),
}
