"""The connection cache: a workspace's connections and its sending rules, as this process last read
them.

A cached list may be stale. A caller that acts on it hands its `stamp` to the script that acts,
which does nothing where the store has another stamp. The caller then calls `forget` and reads
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from integration.accounts import connections, sending_rules
from integration.accounts.connections import Connection
from integration.accounts.sending_rules import SendingRules
from integration.services import Services
from integration.store import keys

MOST = 1_000
"""Workspaces that one process caches; the one that it read first goes first."""


@dataclass(frozen=True, kw_only=True)
class CachedConnections:
    """`stamp` is that of the store when the others were read, "" where it had none."""

    connections: Sequence[Connection]
    rules: SendingRules
    stamp: str


def of(services: Services, workspace: str) -> CachedConnections:
    """The cached connections; reads them where the workspace is not cached."""
    found = services.connection_cache.get(workspace)
    if not isinstance(found, CachedConnections):
        found = _read(services, workspace)
        services.connection_cache[workspace] = found
        while len(services.connection_cache) > MOST:
            services.connection_cache.pop(next(iter(services.connection_cache)), None)
    return found


def is_current(services: Services, workspace: str) -> bool:
    """Whether the cached connections are those of the store."""
    found = services.connection_cache.get(workspace)
    stamp = services.db.get(keys.connections_stamp(workspace)) or ""
    return isinstance(found, CachedConnections) and found.stamp == stamp


def forget(services: Services, workspace: str) -> None:
    """Have the next caller read the connections again."""
    services.connection_cache.pop(workspace, None)


def _read(services: Services, workspace: str) -> CachedConnections:
    # The stamp first: what changes while the rest is read makes it a stale one.
    stamp = services.db.get(keys.connections_stamp(workspace)) or ""
    return CachedConnections(
        connections=connections.listed(services, workspace),
        rules=sending_rules.stored(services.db, workspace),
        stamp=stamp,
    )
