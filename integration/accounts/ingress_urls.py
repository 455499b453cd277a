"""Ingress URLs: where a provider calls us about one connection."""

from integration.accounts.connections import Connection
from integration.kernel.catalog import dashed
from integration.services import Services


def tokens(services: Services, connection_id: str) -> list[str]:
    """The token of a connection, and those under the keys of OLD_SECRET_KEYS, which stay valid.

    Unguessable, and derived: it needs no look-up and outlives an emptied store."""
    made = services.vault.tokens(f"ingress {connection_id}")
    return [f"{connection_id}-{each}" for each in made]


def token(services: Services, connection_id: str) -> str:
    return tokens(services, connection_id)[0]


def urls(services: Services, connection: Connection) -> list[str]:
    """The connection's address, and those under the keys of OLD_SECRET_KEYS."""
    root = f"{services.settings.public_url}/ingress/{dashed(connection.provider)}/"
    return [root + each for each in tokens(services, connection.id)]


def url(services: Services, connection: Connection) -> str:
    return urls(services, connection)[0]
