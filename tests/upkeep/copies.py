"""Copies of a store, and a way back to them."""

from __future__ import annotations

import io
from collections.abc import Mapping

from integration.accounts import connections
from integration.services import Services
from integration.upkeep import contents
from integration.upkeep.backup import backup
from integration.upkeep.restore import restore
from tests.jobs.history import Desk


def silent(_done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def copied(own: Services, passphrase: str | None = None) -> io.StringIO:
    file = io.StringIO()
    backup(own, file, passphrase, silent)
    file.seek(0)
    return file


def gone_back(own: Services, file: io.StringIO, passphrase: str | None = None) -> dict[str, object]:
    own.db.flushall()
    return restore(own, file, passphrase, silent)


def settings_of(own: Services, desk: Desk) -> Mapping[str, object]:
    """What the restored connection is, as these services open it."""
    found = connections.by_id(own, desk.connection.id)
    assert found
    return found.settings


def dumped(own: Services) -> dict[str, object]:
    """Every key of a copy, with what it holds."""
    wanted = contents.names(own.db)
    found: dict[str, object] = {}
    for each in contents.pieces(own.db, wanted):
        found[each.name] = sorted(each.data.items()) if each.kind == "hash" else each.data
    return found
