"""Credentials: whether SECRET_KEY opens the stored connections.

All other code passes over a connection that it does not open, so that none stops the others. The
console and the health check ask here why one is missing.
"""

from __future__ import annotations

from integration.kernel.errors import SettingsError
from integration.services import Services
from integration.store import keys

TRIED = 5


def check(services: Services, workspace: str) -> None:
    """SettingsError where a connection of the workspace was sealed under another key."""
    for each in services.db.zrange(keys.workspace_connections(workspace), 0, -1):
        _open(services, each)


def check_some(services: Services) -> None:
    """The same for a few connections of any workspace: a wrong key opens almost none of them."""
    for each in services.db.srandmember(keys.CONNECTIONS, TRIED):
        _open(services, each)


def opens_some(services: Services) -> bool:
    """Whether SECRET_KEY is right, as far as some connections can tell."""
    try:
        check_some(services)
    except SettingsError:
        return False
    return True


def _open(services: Services, connection_id: str) -> None:
    sealed = services.db.hget(keys.connection(connection_id), "sealed")
    if sealed:
        services.vault.open(sealed)
