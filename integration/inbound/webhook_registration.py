"""Registration: our ingress address at the provider, and nobody else's touched.

All our processes share a lock for it. Somebody else may change what stands at the provider at any
time. So we look again within a minute.
"""

import logging
import re
from collections.abc import Collection
from contextlib import AbstractContextManager

from integration.accounts import connections, ingress_urls
from integration.accounts.connections import Connection
from integration.accounts.provider_link import REQUEST_SECONDS, link, webhook_secrets
from integration.inbound.registration_entries import Entries
from integration.inbound.registration_list import WholeList
from integration.inbound.registration_plan import FAILING, Outcome, Plan, note, plain, planned
from integration.inbound.registration_replaced import Replaced, of_connection
from integration.kernel.capabilities import RegistersWebhooks
from integration.kernel.errors import ProviderError, ProviderUnavailable
from integration.kernel.registration import RegistersEntries
from integration.kernel.specs import Provider
from integration.runtime.at_once import at_once
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import alone
from integration.store.clock import now_ms

log = logging.getLogger(__name__)
REPLACE = "replace_webhook"
"""The setting that lets us replace what stands in the place of our entry."""
PATIENCE = 1.5
"""Seconds that a request waits for registrations; what takes longer goes on behind it."""


def reconcile(services: Services, workspace: str) -> None:
    """Look at all accounts of the workspace where that is due, for a caller who waits a little."""
    found = connections.listed(services, workspace)
    at_once([lambda each=each: turn(services, each) for each in found], PATIENCE)  # type: ignore[misc]  # bound now


def turn(services: Services, connection: Connection) -> None:
    """Register us while the workspace has a hook or somebody who polls, and take us away after.

    Asks the provider only where that is due. A failure is noted on the connection, and tried again
    after a pause.
    """
    if is_able(services, connection) and planned(services, connection).due_ms <= now_ms():
        _settle(services, connection)


def is_able(services: Services, connection: Connection) -> bool:
    ways = RegistersWebhooks, RegistersEntries
    able = any(connections.can(services, connection, each) for each in ways)
    return able and bool(services.settings.public_url)


def _settle(services: Services, read: Connection) -> None:
    with locked(services, read) as mine:
        connection = _as_it_is_now(services, read) if mine else None
        plan = planned(services, connection) if connection else None
        if not connection or not plan or plan.due_ms > now_ms():
            return
        try:
            found = state(services, connection, plan, REQUEST_SECONDS)
            note(services, connection, plan, *found)
        except ProviderError as error:
            log.warning("webhook registration of %s failed: %s", connection.id, error.code)
            told = _without_secrets(services, connection, error.message)
            passes = isinstance(error, ProviderUnavailable)
            note(services, connection, plan, FAILING, told, passes=passes)


def _as_it_is_now(services: Services, read: Connection) -> Connection | None:
    """The connection; None where it was removed, or leads to another account, since it was read.
    Our address would then stay in an account that we have left."""
    now = connections.by_id(services, read.id)
    return now if now and connections.account(now) == connections.account(read) else None


def _without_secrets(services: Services, connection: Connection, message: str) -> str:
    """A provider may quote the address that it refuses; who only reads is not shown it."""
    addresses = [each.rpartition("-")[2] for each in ingress_urls.urls(services, connection)]
    for each in (*addresses, *webhook_secrets(services, connection)):
        message = re.sub(re.escape(each), "***", message, flags=re.IGNORECASE)
    return message


def locked(services: Services, connection: Connection) -> AbstractContextManager[bool]:
    """The lock of what stands at the provider; False where another process has it."""
    # By account: the connections of two workspaces to one account would write over each other.
    account = connections.id_for("", connection.provider, connection.account_facts)
    lock = keys.registration_lock(account)
    return alone(services.db, lock, lifetimes.REGISTRATION_LOCK_SECONDS)


def state(
    services: Services,
    connection: Connection,
    plan: Plan,
    within: float,
    replaced: Replaced | None = None,
) -> Outcome:
    """What became of our address at the provider, as the plan wants it. Raises ProviderError.

    `replaced` is given for an account that the connection has left.
    """
    provider = link(services, connection, within=within)
    # A changed PUBLIC_URL or SECRET_KEY gives a new address; the old entry is ours to remove.
    every = (*ingress_urls.urls(services, connection), plan.before or "")
    own = {plain(each) for each in every if each}
    way = _way(services, connection, provider, plan, own, replaced)
    ours = way.look()
    if plan.left:
        _tell_left(services, connection, plan.left, same=ours)
    return way.settle()


def _way(
    services: Services,
    connection: Connection,
    provider: Provider,
    plan: Plan,
    own: Collection[str],
    replaced: Replaced | None,
) -> WholeList | Entries:
    if isinstance(provider, RegistersWebhooks):
        return WholeList(provider, plan, own)
    assert isinstance(provider, RegistersEntries)
    return Entries(
        provider,
        plan,
        own,
        secret=webhook_secrets(services, connection)[0],
        replaced=replaced or of_connection(services, connection.id),
        may_replace=bool(connection.settings.get(REPLACE)),
    )


def _tell_left(services: Services, connection: Connection, left: str, *, same: bool) -> None:
    """A new key may lead to the same account. Then the list that it shows has our entry already,
    and keeps it."""
    name = keys.sync_state(connection.id)
    stood = services.db.hget(name, connections.REPLACED)
    with services.db.pipeline(transaction=True) as pipe:
        if not same:
            connections.leave(pipe, left, stood)
            pipe.hdel(name, connections.REPLACED)
        pipe.hdel(name, "left")
        pipe.execute()
