"""Polling: `GET /v1/triggers/{key}` and its samples."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

from flask import Blueprint, request

from integration.events import cursors, inbox, sync, watch
from integration.events.cursors import Batch
from integration.kernel.manners import Paging
from integration.kernel.specs import Trigger, Values
from integration.web import reading
from integration.web.answers import Reply, raw_json
from integration.web.current import services, workspace

routes = Blueprint("triggers", __name__, url_prefix="/v1/triggers")
REQUIRED = "required"


@routes.get("/<key>")
def poll(key: str) -> Reply:
    trigger = services().catalog.trigger(key)
    batch = polled(trigger, reading.query())
    if trigger.single:
        return raw_json(batch.events[0] if batch.events else "{}")
    return _answer(batch)


def polled(trigger: Trigger, given: dict[str, Any]) -> Batch:
    """What a poll with these filters gives, after a sync where one is due."""
    paging, filters = _read(trigger, given)
    _freshen(trigger, filters.get("connection"))
    if trigger.single:
        return _newest(trigger, filters, 1)
    return _batch(trigger, filters, paging)


def _freshen(trigger: Trigger, connection: str | None = None) -> None:
    """Ask the provider where that is how such events come."""
    if trigger.kind in sync.KINDS:
        sync.freshen(services(), workspace(), connection)
    watch.listen(services(), workspace(), trigger.kind, connection)


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
    unseen = trigger.takes_all(filters)
    last = inbox.newest(services(), workspace(), trigger.kind, limit if unseen else 1)
    position = last[0].position if last else inbox.START
    if unseen:
        return Batch(events=[entry.json for entry in last], position=position)
    found = cursors.matching(services(), workspace(), trigger, filters, position)
    return Batch(events=[entry.json for entry in islice(found, limit)], position=position)


def _answer(batch: Batch) -> Reply:
    response = raw_json("[" + ",".join(batch.events) + "]")
    response.headers["X-Next-Cursor"] = cursors.written(batch.position)
    if batch.batch_id:
        response.headers["X-Batch-Id"] = batch.batch_id
    return response


@routes.get("/<key>/sample")
def sample(key: str) -> Reply:
    """Live events where there are any, else the catalog's sample."""
    trigger = services().catalog.trigger(key)
    entries = inbox.newest(services(), workspace(), trigger.kind, 3)
    if not entries and request.args.get("live", "1") != "0":
        _freshen(trigger)
        entries = inbox.newest(services(), workspace(), trigger.kind, 3)
    events = [entry.json for entry in entries] or [json.dumps(dict(trigger.sample))]
    return raw_json("[" + ",".join(events) + "]")
