"""Polling: `GET /v1/triggers/{key}` and its samples."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

from flask import Blueprint, Response, request

from integration.events import cursors, inbox, sync
from integration.events.cursors import Batch
from integration.kernel.fields import Inputs, Number, Text, longest
from integration.kernel.specs import Trigger, Values
from integration.web import reading
from integration.web.answers import raw_json
from integration.web.current import services, workspace

routes = Blueprint("triggers", __name__, url_prefix="/v1/triggers")
REQUIRED = "required"


class Paging(Inputs):
    """How much of a trigger is read, and from where."""

    limit = Number(least=1, most=100, load_default=50, label="Limit", help="1 to 100.", sample="50")
    cursor = Text(label="Cursor", help="X-Next-Cursor of an earlier answer.", sample="c1x0")
    consumer = Text(
        label="Consumer",
        help="A name of yours; we then keep the cursor.",
        sample="crm",
        validate=longest(100),
    )
    ack = Text(
        label="Acknowledgement",
        help="'required', or the X-Batch-Id of the batch that you have dealt with.",
        sample=REQUIRED,
    )


@routes.get("/<key>")
def poll(key: str) -> Response:
    trigger = services().catalog.trigger(key)
    paging, filters = _read(trigger, reading.query())
    sync.freshen(services(), workspace(), filters.get("connection"))
    if trigger.single:
        return _single(trigger, filters)
    return _answer(_batch(trigger, filters, paging))


def _read(trigger: Trigger, given: dict[str, Any]) -> tuple[Values, Values]:
    names = set(Paging().fields)
    paging = reading.load(Paging, {k: v for k, v in given.items() if k in names})
    filters = reading.load(trigger.inputs, {k: v for k, v in given.items() if k not in names})
    return paging, filters


def _batch(trigger: Trigger, filters: Values, paging: Values) -> Batch:
    limit, ack = paging["limit"], paging.get("ack")
    if "consumer" in paging:
        key = cursors.consumer_key(workspace(), trigger, paging["consumer"], filters)
        reader = cursors.forwards(services(), workspace(), trigger, filters, limit)
        required = ack == REQUIRED
        return cursors.consume(
            services(), key, reader, required=required, ack=None if required else ack
        )
    if "cursor" in paging:
        reader = cursors.forwards(services(), workspace(), trigger, filters, limit)
        events, end = reader(cursors.read(paging["cursor"]), inbox.END)
        return Batch(events=events, position=end)
    return _newest(trigger, filters, limit)


def _newest(trigger: Trigger, filters: Values, limit: int) -> Batch:
    """Newest first. Its cursor is the end of the inbox, so that nothing that comes later is
    passed over, whatever the filters let through here; it is read first, since what arrives
    while we look belongs to the next poll."""
    last = inbox.newest(services(), workspace(), trigger.kind, 1 if filters else limit)
    position = last[0].position if last else inbox.START
    if not filters:
        return Batch(events=[entry.json for entry in last], position=position)
    found = cursors.matching(services(), workspace(), trigger, filters, position)
    return Batch(events=[entry.json for entry in islice(found, limit)], position=position)


def _single(trigger: Trigger, filters: Values) -> Response:
    found = next(cursors.matching(services(), workspace(), trigger, filters), None)
    return raw_json(found.json if found else "{}")


def _answer(batch: Batch) -> Response:
    response = raw_json("[" + ",".join(batch.events) + "]")
    response.headers["X-Next-Cursor"] = cursors.written(batch.position)
    if batch.batch_id:
        response.headers["X-Batch-Id"] = batch.batch_id
    return response


@routes.get("/<key>/sample")
def sample(key: str) -> Response:
    """Live events where there are any, else the catalog's sample."""
    trigger = services().catalog.trigger(key)
    entries = inbox.newest(services(), workspace(), trigger.kind, 3)
    if not entries and request.args.get("live", "1") != "0":
        sync.freshen(services(), workspace())
        entries = inbox.newest(services(), workspace(), trigger.kind, 3)
    events = [entry.json for entry in entries] or [json.dumps(dict(trigger.sample))]
    return raw_json("[" + ",".join(events) + "]")
