"""Credentials: whether SECRET_KEY opens the stored connections.

All other code passes over a connection that it does not open, so that none stops the others. The
console and the health check ask here why one is missing.
"""

from integration.kernel.errors import SettingsError, Unavailable
from integration.services import Services
from integration.store import keys

TRIED = 5
SEALED = (
    "SECRET_KEY does not open an account of this workspace, so nothing was accepted. Give back the"
    " key, then try again."
)
SEALED_RETRY_SECONDS = 60


def check(services: Services, workspace: str | None = None) -> None:
    """SettingsError where a connection of the workspace was sealed under another key.

    Without a workspace a few connections of any are tried: a wrong key opens almost none of them.
    """
    some = services.db.srandmember(keys.CONNECTIONS, TRIED) if workspace is None else ()
    own = services.db.zrange(keys.workspace_connections(workspace), 0, -1) if workspace else ()
    for each in (*some, *own):
        open_one(services, each)


def check_opened(services: Services, workspace: str) -> None:
    """Unavailable where an account is only missing until the right key is back."""
    try:
        check(services, workspace)
    except SettingsError as error:
        raise Unavailable(SEALED, retry_after=SEALED_RETRY_SECONDS) from error


def open_one(services: Services, connection_id: str) -> None:
    """SettingsError where this connection was sealed under another key."""
    if sealed := services.db.hget(keys.connection(connection_id), "sealed"):
        services.vault.open(sealed)


def check_any(services: Services) -> None:
    """SettingsError where there are connections and SECRET_KEY opens none of them."""
    wrong = None
    for each in services.db.smembers(keys.CONNECTIONS):
        try:
            open_one(services, each)
        except SettingsError as error:
            wrong = error
        else:
            return
    if wrong:
        raise wrong


def opens_any(services: Services) -> bool:
    """Whether there are connections, and SECRET_KEY opens one of them."""
    try:
        check_any(services)
    except SettingsError:
        return False
    return bool(services.db.exists(keys.CONNECTIONS))


def opens_some(services: Services) -> bool:
    """Whether SECRET_KEY is right, as far as some connections can tell."""
    try:
        check(services)
    except SettingsError:
        return False
    return True
