"""The ingress address: where a provider calls us about one connection."""

from __future__ import annotations

import hmac

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.kernel.catalog import dashed
from integration.kernel.errors import NotFound
from integration.services import Services


def token(services: Services, connection_id: str) -> str:
    """Unguessable, and derived: it needs no look-up and outlives an emptied store."""
    return f"{connection_id}-{services.vault.token(f'ingress {connection_id}')}"


def url(services: Services, connection: Connection) -> str:
    path = f"/ingress/{dashed(connection.provider)}/{token(services, connection.id)}"
    return services.settings.public_url + path


def connection_of(services: Services, provider: str, given: str) -> Connection:
    """The connection that a token stands for; NotFound for any other text."""
    connection_id, _, _ = given.rpartition("-")
    expected = token(services, connection_id)
    if hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        found = connections.by_id(services, connection_id)
        if found and dashed(found.provider) == provider:
            return found
    raise NotFound("There is nothing at this address; check the webhook address.")
