"""Polling: `GET /v1/triggers/{key}` and its samples."""

from __future__ import annotations

import json

from flask import Blueprint, request

from integration.inbound import cursors, inbox
from integration.web.api import poll as polls
from integration.web.core import admission
from integration.web.core.answers import Reply, raw_json
from integration.web.core.current import services, workspace

routes = Blueprint("triggers", __name__, url_prefix="/v1/triggers")


@routes.get("/<key>")
@admission.admits_at_commit
def poll(key: str) -> Reply:
    trigger = services().catalog.trigger(key)
    batch = polls.polled(trigger, polls.asked_by_query(trigger))
    if trigger.single:
        return raw_json(batch.events[0] if batch.events else b"{}")
    reply = raw_json(b"[" + b",".join(batch.events) + b"]")
    reply.headers["X-Next-Cursor"] = cursors.written(batch.position)
    if batch.batch_id:
        reply.headers["X-Batch-Id"] = batch.batch_id
    return reply


@routes.get("/<key>/sample")
def sample(key: str) -> Reply:
    """Live events where there are any, else the catalog's sample."""
    trigger = services().catalog.trigger(key)
    entries = inbox.newest(services(), workspace(), trigger.kind, 3, added=True)
    if not entries and request.args.get("live", "1") != "0":
        polls.freshen(trigger)
        entries = inbox.newest(services(), workspace(), trigger.kind, 3, added=True)
    events = [entry.json for entry in entries] or [json.dumps(dict(trigger.sample))]
    return raw_json("[" + ",".join(events) + "]")
