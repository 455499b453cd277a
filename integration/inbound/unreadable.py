"""Unreadable rows: what a provider shows and we cannot read is counted, kept and shown.

A row of a list comes again at each sync, and is kept once. A webhook is kept each time.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from integration.accounts.connections import Connection
from integration.kernel import times
from integration.kernel.events import Unreadable
from integration.services import Services
from integration.store import counters, keys
from integration.store.clock import wall_ms
from integration.store.script import Rows, script

MOST_KEPT = 4_000
"""Characters of a row or a body that are kept for inspection."""
PORTION = 500
"""Rows of one script call. While it runs, the store answers nobody else."""


class Row(NamedTuple):
    """`entry` is what is kept of the row, if anything."""

    name: str
    entry: str


@script("keep_unreadable")
def KEEP(
    *,
    known: str,
    kept: str,
    connection: str,
    now: int,
    always: int,
    fact: str,
    rows: Rows[Row],
) -> None:
    """Count rows that could not be read, and keep those that are new."""


def keep(services: Services, connection: Connection, rows: Sequence[Unreadable]) -> None:
    """Keep the rows that a channel showed, each once."""
    found = [
        Row(each.name, _entry(connection, json.dumps(each.shown, ensure_ascii=False), each.reason))
        for each in rows
    ]
    if found and _kept(services, connection, found, rows[-1].reason):
        counters.count(services.db, "unreadable-rows")


def keep_webhook(
    services: Services, connection: Connection, body: str, reason: str, rows: Sequence[Unreadable]
) -> None:
    """Keep a webhook's body, of which these rows could not be read."""
    names = [each.name for each in rows] or [""]
    entry = _entry(connection, body, reason)
    found = [Row(name, "" if place else entry) for place, name in enumerate(names)]
    _kept(services, connection, found, reason, always=1)
    counters.count(services.db, "unreadable-webhooks")


def _entry(connection: Connection, body: str, reason: str) -> str:
    known = {"connection": connection.id, "body": body[:MOST_KEPT]}
    return json.dumps(known | _fact(reason))


def _fact(reason: str) -> dict[str, str]:
    return {"at": times.from_ms(wall_ms()), "reason": reason}


def _kept(
    services: Services, connection: Connection, rows: Sequence[Row], reason: str, always: int = 0
) -> int:
    fresh = 0
    for start in range(0, len(rows), PORTION):
        call = KEEP(
            known=keys.unread(connection.id),
            kept=keys.unreadable(connection.workspace),
            connection=keys.connection(connection.id),
            now=wall_ms(),
            always=always,
            fact=json.dumps(_fact(reason)),
            rows=rows[start : start + PORTION],
        )
        fresh += int(call.run(services.db))
    return fresh
