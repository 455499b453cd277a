"""Pairfon's own shapes: an integration written for Pairfon works with its host name changed.

Addresses, parameters and bodies are Pairfon's documented ones, with its 400 where we say 422.
Its list has integer ids and its latest message a UUID; both are derived from our own id here.
Pairfon refuses a wrong SIM or phone in its answer to the send, so a send waits for that here.
"""

import uuid
from hashlib import sha256
from itertools import islice
from typing import Any

from flask import Blueprint

from integration.inbound import cursors, sync
from integration.inbound.inbox import Entry
from integration.kernel import digits
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import blank
from integration.kernel.specs import Trigger, Values
from integration.web.api import actions as job_routes
from integration.web.core import problems, reading, rights
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import services, workspace

routes = Blueprint("seed", __name__, url_prefix="/zapier")
WINDOW = 50
SECONDS = 10
"""How long a send waits for the provider's word; its call may take 8.5 seconds."""
FILTERS = ("device_fingerprint", "sim_slot")
FIELDS = ("phone", "message", "sim_slot", "device_fingerprint", "received_at")


@routes.errorhandler(InvalidInput)
def invalid(error: InvalidInput) -> Reply:
    error.status = 400
    return problems.answer(error)


@routes.get("/inbound-sms")
def inbound_sms() -> Reply:
    trigger = services().catalog.trigger("inbound_sms")
    found = cursors.matching(services(), workspace(), trigger, _filters(trigger))
    return as_json([_shown(whole_number(each.event["id"]), each) for each in islice(found, WINDOW)])


@routes.get("/latest-sms")
def latest_sms() -> Reply:
    trigger = services().catalog.trigger("latest_sms")
    found = cursors.latest(services(), workspace(), trigger, _filters(trigger))
    if not found:
        return as_json({})
    digest = sha256(found[0].event["id"].encode()).digest()
    return as_json(_shown(str(uuid.UUID(bytes=digest[:16], version=4)), found[0]))


@routes.post("/send-sms")
def send_sms() -> Reply:
    body = reading.body()
    required = ("device_fingerprint", "phone", "message")
    missing = [name for name in required if blank(body.get(name))]
    if missing:
        sentence = f"Missing required parameter: {', '.join(missing)}."
        raise InvalidInput(sentence, errors={name: [sentence] for name in missing})
    if len(digits.entries(body["phone"])) > 1:
        sentence = "phone takes one number here; send one request for each recipient."
        raise InvalidInput(sentence, errors={"phone": [sentence]})
    handling = job_routes.handling(body)
    known = {name: body.get(name) for name in (*required, "sim_slot")}
    action = services().catalog.action("send_sms")
    slot = "SIM1" if blank(known["sim_slot"]) else known["sim_slot"]
    given = {**known, "sim_slot": slot}
    accepted = job_routes.take(action, given, handling.get("idempotency_key"))
    job_routes.outcome(accepted, handling.get("wait", SECONDS))
    job = accepted.answer
    return as_json(
        {
            "id": whole_number(accepted.job_ids[0]),
            "message": "SMS queued successfully.",
            "phone": job["input"]["phone"],
            "device_fingerprint": job["input"]["device_fingerprint"],
            "sim_slot": job["input"]["sim_slot"],
        }
    )


def _filters(trigger: Trigger) -> Values:
    """What the query asks for, after a sync where one is due."""
    given = {name: value for name, value in reading.query().items() if name in FILTERS}
    filters = reading.load(trigger.inputs, given)
    sync.freshen(services(), workspace())
    return filters


def _shown(own_id: int | str, entry: Entry) -> dict[str, Any]:
    event = rights.row(entry.event)
    return {"id": own_id} | {name: event.get(name) for name in FIELDS}


def whole_number(text: str) -> int:
    """A number that follows from an id of ours, below 2^53, as JavaScript can hold it."""
    return int.from_bytes(sha256(text.encode()).digest()[:7], "big") >> 3
