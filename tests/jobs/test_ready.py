"""What `/readyz` says of a service whose parts do not fit together."""

from __future__ import annotations

from dataclasses import replace

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.app import create
from integration.services import Services
from integration.store.vault import Vault


def test_another_secret_key_is_reported(own: Services, connection: Connection) -> None:
    """The processes go on, for accounts that were connected since; somebody has to say it."""
    connections.save(own, connection)
    other = replace(own, vault=Vault("another key of enough length"))
    told = [create(each).test_client().get("/readyz").get_json() for each in (own, other)]
    checks = [each["checks"]["credentials"] for each in told]
    assert [each["ok"] for each in checks] == [True, False]
    assert checks[1]["detail"].startswith("SECRET_KEY is not the one")
    assert told[1]["status"] == "degraded"
