"""Health: how the last call of a connection went, for the API and the console."""

from __future__ import annotations

from dataclasses import replace

from integration.accounts.connections import Connection
from integration.services import Services
from integration.store import keys
from integration.store.script import Slot, script


@script("mark")
def MARK(*, connection: Slot, health: str, detail: str, replaced: int) -> None:
    """Note how the last call of a connection went."""


def mark(
    services: Services, connection: Connection, problem: str = "", *, replaced: bool = False
) -> Connection:
    """Note how the last call went. The first cause of a failure stays until a call succeeds, unless
    it is to be `replaced`."""
    health = "failing" if problem else "ok"
    known = connection.facts
    if (known.get("health"), known.get("health_detail", "")) != (health, problem):
        health, problem = _marked(services, connection.id, problem, replaced=replaced)
    return replace(connection, facts={**known, "health": health, "health_detail": problem})


def mark_unopened(services: Services, connection_id: str, problem: str) -> None:
    """Note why the record of a connection cannot be read."""
    _marked(services, connection_id, problem)


def _marked(
    services: Services, connection_id: str, problem: str, *, replaced: bool = False
) -> list[str]:
    call = MARK(
        connection=keys.connection(connection_id),
        health="failing" if problem else "ok",
        detail=problem,
        replaced=int(replaced),
    )
    found: list[str] = call.run(services.db)
    return found
