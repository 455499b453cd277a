"""Sealing: whether SECRET_KEY opens what is stored. Accounts that it does not open are passed over
everywhere else, so that they stop nothing; whoever asks has to be told why they are not there."""

from __future__ import annotations

from integration.services import Services
from integration.store import keys

TRIED = 5


def check(services: Services, workspace: str) -> None:
    """SettingsError where a connection of the workspace was sealed under another key."""
    for each in services.db.zrange(keys.workspace_connections(workspace), 0, -1):
        _open(services, each)


def check_some(services: Services) -> None:
    """The same for a few of anybody's: a wrong key opens none or nearly none."""
    for each in services.db.srandmember(keys.CONNECTIONS, TRIED):
        _open(services, each)


def _open(services: Services, connection_id: str) -> None:
    sealed = services.db.hget(keys.connection(connection_id), "sealed")
    if sealed:
        services.vault.open(sealed)
