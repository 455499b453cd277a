"""The ingress address: where a provider calls us about one connection."""

import hmac
from dataclasses import dataclass
from typing import NoReturn

from integration.accounts import connections, ingress_urls
from integration.accounts.connections import Connection
from integration.accounts.provider_link import reader
from integration.inbound.commit import Outdated
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.catalog import dashed
from integration.kernel.errors import NotFound, WebhookUnreadable
from integration.kernel.webhooks import WebhookCall
from integration.services import Services


class Silent(ReadsWebhooks):
    """Stands for a provider that sends no webhooks: what comes is kept for inspection."""

    def read_webhook(self, call: WebhookCall) -> NoReturn:  # noqa: ARG002  # none is read
        raise WebhookUnreadable("This provider sends no webhooks.")


@dataclass(frozen=True, kw_only=True)
class Account:
    """The connection that a webhook is for, and its provider, which reads it.

    A process caches it. A commit compares it with the store; all other uses call `confirm` first.
    """

    connection: Connection
    token: str
    reader: ReadsWebhooks

    def confirm(self, services: Services) -> None:
        """Raises Outdated where the connection is gone or was changed."""
        if not connections.is_current(services, self.connection):
            raise Outdated


_remembered: dict[str, Account] = {}
NOTHING = "There is nothing at this address; check the webhook address."
MOST_REMEMBERED = 5_000
"""Accounts that a process remembers; beyond these it forgets all and reads them again."""


def account_of(services: Services, provider: str, given: str) -> Account:
    """The account that a token stands for; NotFound for any other text."""
    found = _remembered.get(given.rpartition("-")[0])
    if found and dashed(found.connection.provider) == provider and _equal(found.token, given):
        return found
    connection = connection_of(services, provider, given)
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    found_reader = reader(services, connection)
    able = found_reader if isinstance(found_reader, ReadsWebhooks) else Silent()
    made = Account(connection=connection, token=given, reader=able)
    _remembered[connection.id] = made
    return made


def forget(account: Account) -> None:
    _remembered.pop(account.connection.id, None)


def connection_of(services: Services, provider: str, given: str) -> Connection:
    """The connection that a token stands for; NotFound for any other text."""
    connection_id, _, _ = given.rpartition("-")
    known = any(_equal(each, given) for each in ingress_urls.tokens(services, connection_id))
    found = connections.by_id(services, connection_id) if known else None
    if found and dashed(found.provider) == provider:
        return found
    raise NotFound(NOTHING)


def _equal(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
