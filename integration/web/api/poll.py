"""Polling, `GET /v1/triggers/{key}`, and its samples.

One round trip admits a poll, finds the inbox fresh, and reads it as it is stored.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from typing import Any, Unpack

from flask import Blueprint, request

from integration.accounts.gate import Admission
from integration.hooks.inputs import check_filters
from integration.inbound import account_work, cursors, inbox, sync
from integration.inbound.account_changes import SOURCES
from integration.inbound.cursors import Batch
from integration.kernel.call_options import Paging
from integration.kernel.events import STATUS
from integration.kernel.specs import Trigger, Values
from integration.store import keys
from integration.store.clock import now_ms
from integration.store.pipeline import Command
from integration.store.script import Rest, ScriptCall, script
from integration.web.core import admission, reading, rights
from integration.web.core.answers import Reply, raw_json
from integration.web.core.current import call, services, workspace

routes = Blueprint("triggers", __name__, url_prefix="/v1/triggers")
REQUIRED = "required"
FRESH = 1
PAGING = frozenset(Paging().fields)
Question = tuple[Values, Values]
"""How much is asked for, and of what kind: paging and filters."""


@script("accounts/window", "accounts/admit", "poll")
def POLL(
    *,
    connections: str,
    reader: str,
    asked_since: int,
    connection: str,
    providers: Rest,
    **admission: Unpack[Admission],
) -> None:
    """Admit a poll, and say whether the providers were asked since then (ms)."""


@routes.get("/<key>")
@admission.admits_at_commit
def poll(key: str) -> Reply:
    trigger = services().catalog.trigger(key)
    batch = polled(trigger, asked_by_query(trigger))
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
        freshen(trigger)
        entries = inbox.newest(services(), workspace(), trigger.kind, 3, added=True)
    found = [entry.json for entry in entries] or [json.dumps(dict(trigger.sample))]
    return raw_json(b"[" + b",".join(rights.events(each.encode() for each in found)) + b"]")


def asked(trigger: Trigger, given: Mapping[str, Any]) -> Question:
    paging = reading.load(Paging, {k: v for k, v in given.items() if k in PAGING})
    filters = reading.load(trigger.inputs, {k: v for k, v in given.items() if k not in PAGING})
    check_filters(trigger.inputs, filters)
    return paging, filters


def asked_by_query(trigger: Trigger) -> Question:
    """The question that the query of the request at hand is; platforms ask the same each minute."""
    region = services().settings.default_region
    return _remembered(trigger.key, region, reading.query_text())


@lru_cache(maxsize=500)
def _remembered(key: str, _region: str, _text: str) -> Question:
    return asked(services().catalog.trigger(key), reading.query())


def polled(trigger: Trigger, question: Question) -> Batch:
    """What a poll returns, after a sync where one is due; the commit admits the caller."""
    batch = _polled(trigger, question)
    return batch if rights.sees_texts() else replace(batch, events=rights.events(batch.events))


def _polled(trigger: Trigger, question: Question) -> Batch:
    paging, filters = question
    ticket = admission.ticket()
    home = ticket.caller.workspace
    reads = _reads(trigger, paging, filters, home)
    freshness, *rows = admission.commit(ticket, partial(_call, trigger, filters, home), *reads)
    rights.require_for(filters)
    if freshness != [FRESH] or trigger.kind in SOURCES:
        freshen(trigger, filters.get("connection"))
    elif rows:
        batch = _as_stored(paging, rows[0])
        if batch:
            return batch
    return _looked_at(trigger, paging, filters)


def freshen(trigger: Trigger, connection: str | None = None) -> None:
    """Ask the provider where that is how such events come."""
    if trigger.kind in sync.KINDS:
        sync.freshen(services(), workspace(), connection)
    account_work.listen(services(), workspace(), trigger.kind, connection)


def _call(trigger: Trigger, filters: Values, home: str, admission: Admission) -> ScriptCall:
    asks = trigger.kind in sync.KINDS
    # Webhooks bring statuses too, and a reader of these alone has us registered as well.
    status = keys.listened(home, STATUS) if trigger.kind == STATUS else ""
    return POLL(
        connections=keys.workspace_connections(home),
        reader=keys.reader(home) if asks else status,
        asked_since=now_ms() - services().settings.sync_interval * 1000,
        connection=filters.get("connection", ""),
        providers=sync.able(services()) if asks else (),
        **admission,
    )


def _reads(trigger: Trigger, paging: Values, filters: Values, home: str) -> Sequence[Command]:
    """What is read along; nothing where events have to be looked at or a consumer's place is."""
    if not trigger.takes_all(filters) or trigger.single or "consumer" in paging:
        return ()
    log, count = keys.inbox(home, trigger.kind), paging["limit"]
    if "cursor" in paging:
        place = cursors.read(paging["cursor"])
        return (("XRANGE", log, f"({place}", inbox.END, "COUNT", count),)
    return (("XREVRANGE", log, inbox.END, "-", "COUNT", count),)


def _as_stored(paging: Values, rows: Any) -> Batch | None:
    """The rows that were read along; None where one has to be looked at."""
    forwards = "cursor" in paging
    events = inbox.as_stored(rows, quiet=not forwards)
    if events is None:
        return None
    if forwards:
        place = rows[-1][0].decode() if rows else cursors.read(paging["cursor"])
        return Batch(events=events, position=place)
    return Batch(events=events, position=rows[0][0].decode() if rows else inbox.START)


def _looked_at(trigger: Trigger, paging: Values, filters: Values) -> Batch:
    limit, ack = paging["limit"], paging.get("ack")
    if trigger.single:
        found = cursors.latest(services(), workspace(), trigger, filters)
        events = [entry.json.encode() for entry in found]
        return Batch(events=events, position=inbox.START)
    if not {"consumer", "cursor"} & paging.keys():
        return _newest(trigger, filters, limit)
    reader = cursors.forwards(services(), workspace(), trigger, filters, limit)
    if "consumer" in paging:
        key = cursors.consumer_key(workspace(), trigger, paging["consumer"], filters)
        if call().method == "HEAD":
            # It shows nobody the batch that the consumer would be moved past.
            return cursors.ahead(services(), key, reader)
        required = ack == REQUIRED
        return cursors.consume(
            services(), key, reader, required=required, ack=None if required else ack
        )
    events, end = reader(cursors.read(paging["cursor"]), inbox.END)
    return Batch(events=events, position=end)


def _newest(trigger: Trigger, filters: Values, limit: int) -> Batch:
    """Newest first. Its cursor is the end of the inbox: whatever the filters let through here, no
    later event is passed over. The end is read first, since what arrives during the read belongs
    to the next poll."""
    unseen = trigger.takes_all(filters)
    last = inbox.newest(services(), workspace(), trigger.kind, limit if unseen else 1)
    position = last[0].position if last else inbox.START
    if unseen:
        return Batch(events=[entry.json.encode() for entry in last], position=position)
    found = cursors.matching(services(), workspace(), trigger, filters, position)
    events = [entry.json.encode() for entry in islice(found, limit)]
    return Batch(events=events, position=position)
