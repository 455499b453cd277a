"""Ingress: providers' webhooks; answered 200 only when what they brought is committed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from integration import keys
from integration.accounts.connections import Connection
from integration.accounts.linking import link
from integration.clock import wall_ms
from integration.events import inbox, ingress_address, sync
from integration.jobs import receipts
from integration.kernel import times
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.errors import (
    HooklineError,
    MalformedBody,
    UnsupportedMedia,
    WebhookUnreadable,
)
from integration.kernel.events import InboundMessage, Receipt
from integration.web import reading
from integration.web.answers import Reply, as_json
from integration.web.current import call, services

routes = Blueprint("ingress", __name__)
OWN_AGENT = "Hookline/"
MOST_KEPT = 4_000
"""Characters of a body that are kept for inspection."""


class Looped(HooklineError):
    code, title, status = "loop", "A hook feeds the ingress", 410


@routes.post("/ingress/<provider>/<token>")
def receive(provider: str, token: str) -> Reply:
    connection = ingress_address.connection_of(services(), provider, token)
    if call().header("HTTP_USER_AGENT").startswith(OWN_AGENT):
        # 410 also removes the hook that made the loop.
        raise Looped("This is a delivery of a Hookline hook, not a provider's webhook.")
    raw = reading.raw_body()
    try:
        found = _read(connection, raw)
    except (MalformedBody, UnsupportedMedia) as error:
        return _keep(connection, raw, error.message)
    except WebhookUnreadable as error:
        # First what could be read: should we die between the two, the provider calls again, and
        # a message that is known already is not committed twice.
        _commit(connection, error.read)
        left = json.dumps(error.left, ensure_ascii=False).encode() if error.read else raw
        return _keep(connection, left, error.message, received=len(error.read))
    _commit(connection, found)
    return as_json({"received": len(found)})


def _commit(connection: Connection, found: Sequence[InboundMessage | Receipt]) -> None:
    messages = [each for each in found if isinstance(each, InboundMessage)]
    inbox.commit(services(), connection, messages, "webhook")
    for each in found:
        if isinstance(each, Receipt):
            receipts.receive(services(), connection, each)


def _read(connection: Connection, raw: bytes) -> Sequence[InboundMessage | Receipt]:
    provider = link(services(), connection)
    if not isinstance(provider, ReadsWebhooks):
        raise WebhookUnreadable("This provider sends no webhooks.")
    reading.check_coding()
    data: Any = reading.parse(raw)
    return provider.read_webhook(data)


def _keep(connection: Connection, raw: bytes, reason: str, received: int = 0) -> Reply:
    """Keep what was not understood, and sync soon: the list may hold what it meant to say."""
    entry = {
        "at": times.from_ms(wall_ms()),
        "connection": connection.id,
        "reason": reason,
        "body": raw[:MOST_KEPT].decode("utf-8", "replace"),
    }
    kept = keys.unreadable(connection.workspace)
    with services().db.pipeline(transaction=True) as pipe:
        pipe.lpush(kept, json.dumps(entry))
        pipe.ltrim(kept, 0, keys.UNREADABLE_KEPT - 1)
        pipe.expire(kept, keys.JOB_SECONDS)
        pipe.hincrby(keys.COUNTERS, "unreadable-webhooks", 1)
        pipe.execute()
    sync.ask_for(services(), connection)
    return as_json({"received": received, "message": f"Kept for inspection. {reason}"}, 202)
