"""Known: a workspace's connections as a process last read them, good for as long as they hold.

What is known here may be old. Who acts on it hands `stamp` to the script that acts, which does
nothing where the store has another one by now; then `forget`, and all is read anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.services import Services
from integration.store import keys

MOST = 1_000
"""Workspaces that one process knows; the one that it learnt of first goes first."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """`stamp` is that of the store when `connections` were read, "" where it had none."""

    connections: Sequence[Connection]
    stamp: str


def of(services: Services, workspace: str) -> Known:
    found = services.known.get(workspace)
    if not isinstance(found, Known):
        found = _read(services, workspace)
        services.known[workspace] = found
        while len(services.known) > MOST:
            services.known.pop(next(iter(services.known)), None)
    return found


def holds(services: Services, workspace: str) -> bool:
    """Whether the store has no others than are known."""
    found = services.known.get(workspace)
    stamp = services.db.get(keys.connections_stamp(workspace)) or ""
    return isinstance(found, Known) and found.stamp == stamp


def forget(services: Services, workspace: str) -> None:
    services.known.pop(workspace, None)


def _read(services: Services, workspace: str) -> Known:
    # The stamp first: what changes while the rest is read makes it an old one.
    stamp = services.db.get(keys.connections_stamp(workspace)) or ""
    return Known(connections=connections.listed(services, workspace), stamp=stamp)
