"""Ingress: providers' webhooks; answered 2xx only when their messages are committed.

An inbound text comes in here or by a sync (inbound/sync.py). Its next steps are the identity
(inbound/identity.py) and the commit (inbound/commit.py).
"""

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.exceptions import MethodNotAllowed

from integration.accounts import connection_facts
from integration.inbound import ingress_address, parts, sync, unreadable
from integration.inbound.commit import Outdated, commit
from integration.inbound.ingress_address import Account
from integration.jobs import receipts
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.errors import (
    HooklineError,
    MalformedBody,
    NotFound,
    TooLarge,
    UnsupportedMedia,
    WebhookRefused,
    WebhookUnreadable,
)
from integration.kernel.events import InboundMessage, Receipt
from integration.kernel.webhooks import WebhookCall
from integration.media import items
from integration.runtime.aside import aside
from integration.store import measures
from integration.web.core import reading, webhook_call
from integration.web.core.answers import Reply, allowing, as_json
from integration.web.core.current import EXTENSION, call, services

routes = Blueprint("ingress", __name__)
ADDRESS = "/ingress/<provider>/<token>"
OWN_AGENT = "Hookline/"
LARGE_BYTES = 16_384
"""A body of more takes so long to read that other calls must not wait for it."""
SANDBOXED = {"Content-Security-Policy": "default-src 'none'; sandbox"}
"""A reply may echo its caller's words, under the address that the console has too."""


class Looped(HooklineError):
    code, title, status = "loop", "A hook feeds the ingress", 410


@routes.record
def _route(state: BlueprintSetupState) -> None:
    """The address takes what any provider calls by, and says what its own provider does."""
    kinds = readers(state.app.extensions[EXTENSION].catalog)
    methods = {"POST", *(method for kind in kinds for method in kind.webhook_methods)}
    taken = {"methods": sorted(methods), "provide_automatic_options": False}
    state.add_url_rule(ADDRESS, endpoint="receive", view_func=receive, **taken)
    state.add_url_rule(ADDRESS, endpoint="offer", view_func=offer, methods=["OPTIONS"])


def readers(catalog: Catalog) -> list[Any]:
    """The classes of providers that send webhooks."""
    return [each for each in catalog.providers.values() if issubclass(each, ReadsWebhooks)]


def offer(provider: str, token: str) -> Reply:  # noqa: ARG001  # the answer must not depend on the token
    for kind in readers(services().catalog):
        if dashed(kind.key) == provider:
            return allowing([*kind.webhook_methods, "OPTIONS"])
    raise NotFound(ingress_address.NOTHING)


def receive(provider: str, token: str) -> Reply:
    account = ingress_address.account_of(services(), provider, token)
    webhook = _called(account)
    while True:
        try:
            return _received(account, webhook)
        except Outdated:
            ingress_address.forget(account)
            account = ingress_address.account_of(services(), provider, token)


def _called(account: Account) -> WebhookCall:
    """The webhook, where its provider may call so and send so much."""
    if call().method not in account.reader.webhook_methods:
        raise MethodNotAllowed([*account.reader.webhook_methods, "OPTIONS"])
    try:
        return webhook_call.read(account.reader.webhook_bytes)
    except TooLarge:
        measures.count(measures.LARGE_WEBHOOKS, account.connection.provider)
        raise


def _received(account: Account, webhook: WebhookCall) -> Reply:
    if call().header("HTTP_USER_AGENT").startswith(OWN_AGENT):
        account.confirm(services())
        # 410 also removes the hook that made the loop.
        raise Looped("This is a delivery of a Hookline hook, not a provider's webhook.")
    _judge(account, webhook)
    try:
        found = _read(account, webhook)
    except (MalformedBody, UnsupportedMedia) as error:
        account.confirm(services())
        return _keep(account, webhook, WebhookUnreadable(error.message))
    except WebhookUnreadable as error:
        # First the messages that could be read. After a crash between the two, the provider calls
        # again, and a known message is not committed twice.
        _commit(account, error.read)
        return _keep(account, webhook, error)
    _commit(account, found)
    return _reply(account, webhook, found) or as_json({"received": len(found)})


def _judge(account: Account, webhook: WebhookCall) -> None:
    """Raises WebhookRefused for one that its provider did not send. It is counted, and
    noted on the connection; nothing of it is stored."""
    try:
        genuine = account.reader.genuine(webhook)
    except MalformedBody:
        genuine = False
    if genuine is False:
        # Another process may have changed the secret.
        account.confirm(services())
        measures.count(measures.REFUSED_WEBHOOKS, account.connection.provider)
        connection_facts.note_refused(services(), account.connection)
        raise WebhookRefused(account.reader.webhook_refusal)


def _commit(account: Account, found: Sequence[InboundMessage | Receipt]) -> None:
    came = [each for each in found if isinstance(each, InboundMessage)]
    messages = parts.joined(services(), account.connection, came)
    if not messages:
        account.confirm(services())
    commit(services(), account.connection, messages, "webhook", remembered=True)
    items.brought(services(), account.connection, messages)
    for each in found:
        if isinstance(each, Receipt):
            receipts.receive(services(), account.connection, each)


def _read(account: Account, webhook: WebhookCall) -> Sequence[InboundMessage | Receipt]:
    reading.check_coding()
    if len(webhook.body) > LARGE_BYTES:
        return aside(account.reader.read_webhook, webhook)
    return account.reader.read_webhook(webhook)


def _keep(account: Account, webhook: WebhookCall, error: WebhookUnreadable) -> Reply:
    """Keep what was not understood, and sync soon: the list may hold what it meant to say."""
    body = webhook.text() or call().header("QUERY_STRING")
    if error.read:
        body = json.dumps([each.shown for each in error.left], ensure_ascii=False)
    unreadable.keep_webhook(services(), account.connection, body, error.message, error.left)
    sync.ask_for(services(), account.connection)
    message = f"Kept for inspection. {error.message}"
    kept = as_json({"received": len(error.read), "message": message}, 202)
    return _reply(account, webhook, error.read) or kept


def _reply(
    account: Account, webhook: WebhookCall, found: Sequence[InboundMessage | Receipt]
) -> Reply | None:
    """The answer that the provider demands, if any."""
    chosen = account.reader.webhook_reply(webhook, found)
    if chosen is None:
        return None
    return Reply(chosen.body, chosen.status, chosen.content_type, dict(SANDBOXED))
