"""Registration: our ingress address in the provider's webhook list, and nobody else's touched.

A write replaces the provider's whole list. So we read it, change our own entry only, write it and
read it back, under a lock that all our processes share.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence, Set

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.accounts.provider_link import link
from integration.inbound import ingress_address
from integration.inbound.sync import RELEASE_LOCK
from integration.kernel.capabilities import RegistersWebhooks
from integration.kernel.errors import ProviderError
from integration.kernel.events import UpstreamHook
from integration.services import Services
from integration.store import keys, lifetimes

log = logging.getLogger(__name__)
TRIES = 3


def reconcile(services: Services, workspace: str) -> None:
    """Register us at each connection while the workspace has a hook or somebody who polls,
    and take us away after.

    A provider that fails is noted on its connection and asked again by the scheduler.
    """
    if not services.settings.public_url:
        return
    hooked = services.db.hlen(keys.hooks(workspace))
    wanted = bool(hooked or services.db.exists(keys.reader(workspace)))
    for connection in connections.listed(services, workspace):
        if connections.can(services, connection, RegistersWebhooks):
            _settle(services, connection, wanted=wanted)


def withdraw(services: Services, connection: Connection) -> None:
    """Take our entry out, before the connection is forgotten."""
    able = connections.can(services, connection, RegistersWebhooks)
    if able and services.settings.public_url:
        _settle(services, connection, wanted=False)


def _settle(services: Services, connection: Connection, *, wanted: bool) -> None:
    state = keys.sync_state(connection.id)
    address = ingress_address.url(services, connection)
    # A changed PUBLIC_URL gives a new address; the old entry is ours to remove as well.
    # Sealed: a reader of the store could call the address in the provider's name.
    sealed = services.db.hget(state, "registered")
    before = services.vault.open(sealed) if sealed else sealed
    if before == (address if wanted else ""):
        return
    lock, token = keys.registration_lock(connection.id), secrets.token_hex(8)
    if not services.db.set(lock, token, nx=True, ex=lifetimes.REGISTRATION_LOCK_SECONDS):
        return
    try:
        own = {address, before or address}
        if _write(services, connection, own, [address] if wanted else []):
            services.db.hset(state, "registered", services.vault.seal(address) if wanted else "")
    except ProviderError as error:
        connections.mark(services, connection, error.message)
        log.warning("webhook registration of %s failed: %s", connection.id, error.code)
    finally:
        RELEASE_LOCK(lock=lock, token=token).run(services.db)


def _write(
    services: Services, connection: Connection, own: Set[str], wanted: Sequence[str]
) -> bool:
    """Whether, of our `own` addresses, the provider's list holds just the `wanted` ones.

    It takes a few tries, since others may write the list as well."""
    provider = link(services, connection)
    assert isinstance(provider, RegistersWebhooks)
    for _ in range(TRIES):
        found = provider.webhooks()
        ours = [(each.url, each.active) for each in found if each.url in own]
        if ours == [(each, True) for each in wanted]:
            return True
        others = [each for each in found if each.url not in own]
        provider.set_webhooks([*others, *(UpstreamHook(url=each, active=True) for each in wanted)])
    return False
