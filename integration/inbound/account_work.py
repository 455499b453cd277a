"""Account work: what a request begins for accounts, side by side, and waits for a few seconds only.

What takes longer goes on behind the request. Where its process ends, the scheduler does it.
"""

from collections.abc import Callable, Sequence
from functools import partial

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound import account_watch, registration_leave, sync, webhook_registration
from integration.inbound.account_changes import SOURCES
from integration.kernel.capabilities import HasInbound
from integration.runtime.at_once import at_once
from integration.services import Services
from integration.store import keys

PATIENCE = 2.0
"""Seconds that a request waits."""


def begin(services: Services, workspace: str, kind: str) -> None:
    """Before a hook is made: sync the accounts that never were, so that the hook starts from now,
    and look at what it listens to."""
    found = connections.listed(services, workspace)
    firsts = [partial(_sync_first, services, each) for each in found]
    at_once([*firsts, *_looks(services, workspace, kind, found)], PATIENCE)


def connected(
    services: Services, connection: Connection, probe: Callable[[], None], within: float
) -> None:
    """After an account is connected: sync it and register us there, beside the probe."""

    def work() -> None:
        _sync_first(services, connection)
        webhook_registration.turn(services, connection)

    at_once([work, probe], within)


def removed(services: Services, connection: Connection) -> None:
    """Forget a connection; the scheduler goes on where its provider takes long."""
    connections.forget(services, connection)
    at_once([partial(registration_leave.leave, services, "")], PATIENCE)


def listen(services: Services, workspace: str, kind: str, connection_id: str | None = None) -> None:
    """Note that a platform listens to this kind of event, and look at the accounts."""
    if kind in SOURCES:
        every = connections.listed(services, workspace)
        found = [each for each in every if connection_id in (None, each.id)]
        at_once(_looks(services, workspace, kind, found), PATIENCE)


def _looks(
    services: Services, workspace: str, kind: str, found: Sequence[Connection]
) -> list[Callable[[], None]]:
    if kind not in SOURCES:
        return []
    # It is noted also where there is no account yet.
    account_watch.listen(services, workspace, kind)
    look = partial(account_watch.look, services, kind=kind, within=sync.READER_SECONDS)
    return [partial(look, each) for each in found]


def _sync_first(services: Services, connection: Connection) -> None:
    able = connections.can(services, connection, HasInbound)
    if able and not services.db.hexists(keys.sync_state(connection.id), "synced_ms"):
        sync.sync(services, connection, wait=True)
