"""Ingress: providers' webhooks; answered 200 only when their messages are committed.

An inbound text comes in here or by a sync (inbound/sync.py). Its next steps are the identity
(inbound/identity.py) and the commit (inbound/commit.py).
"""

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from integration.accounts.connections import Connection
from integration.inbound import ingress_address, sync, unreadable
from integration.inbound.commit import Outdated, commit
from integration.inbound.ingress_address import Account
from integration.jobs import receipts
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.errors import (
    HooklineError,
    MalformedBody,
    UnsupportedMedia,
    WebhookUnreadable,
)
from integration.kernel.events import InboundMessage, Receipt
from integration.kernel.strict_json import parse
from integration.web.core import reading
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import call, services

routes = Blueprint("ingress", __name__)
OWN_AGENT = "Hookline/"


class Looped(HooklineError):
    code, title, status = "loop", "A hook feeds the ingress", 410


@routes.post("/ingress/<provider>/<token>")
def receive(provider: str, token: str) -> Reply:
    account = ingress_address.account_of(services(), provider, token)
    raw = reading.raw_body()
    while True:
        try:
            return _received(account, raw)
        except Outdated:
            ingress_address.forget(account)
            account = ingress_address.account_of(services(), provider, token)


def _received(account: Account, raw: bytes) -> Reply:
    if call().header("HTTP_USER_AGENT").startswith(OWN_AGENT):
        account.confirm(services())
        # 410 also removes the hook that made the loop.
        raise Looped("This is a delivery of a Hookline hook, not a provider's webhook.")
    try:
        found = _read(account, raw)
    except (MalformedBody, UnsupportedMedia) as error:
        account.confirm(services())
        return _keep(account.connection, raw, WebhookUnreadable(error.message))
    except WebhookUnreadable as error:
        # First the messages that could be read. After a crash between the two, the provider calls
        # again, and a known message is not committed twice.
        _commit(account, error.read)
        return _keep(account.connection, raw, error)
    _commit(account, found)
    return as_json({"received": len(found)})


def _commit(account: Account, found: Sequence[InboundMessage | Receipt]) -> None:
    messages = [each for each in found if isinstance(each, InboundMessage)]
    if not messages:
        account.confirm(services())
    commit(services(), account.connection, messages, "webhook", remembered=True)
    for each in found:
        if isinstance(each, Receipt):
            receipts.receive(services(), account.connection, each)


def _read(account: Account, raw: bytes) -> Sequence[InboundMessage | Receipt]:
    if not isinstance(account.reader, ReadsWebhooks):
        raise WebhookUnreadable("This provider sends no webhooks.")
    reading.check_coding()
    data: Any = parse(raw)
    return account.reader.read_webhook(data)


def _keep(connection: Connection, raw: bytes, error: WebhookUnreadable) -> Reply:
    """Keep what was not understood, and sync soon: the list may hold what it meant to say."""
    body = raw.decode("utf-8", "replace")
    if error.read:
        body = json.dumps([each.shown for each in error.left], ensure_ascii=False)
    unreadable.keep_webhook(services(), connection, body, error.message, error.left)
    sync.ask_for(services(), connection)
    message = f"Kept for inspection. {error.message}"
    return as_json({"received": len(error.read), "message": message}, 202)
