"""The hooks of workspaces as fan-out last read them; fanout.py asks here first."""

import time

from integration.delivery.records import Unfanned
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.services import Services

FRESH_SECONDS, WORKSPACES_KEPT = 5.0, 1_000
"""How long cached hooks serve at most, and of how many workspaces."""


class HookCache:
    """The hooks of workspaces by the kind of event that they want.

    A cached list is stale where the revision differs. FAN_OUT compares the revision in its own
    step, so a stale list misses no hook.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._cached: dict[str, tuple[str, float, dict[str, list[Hook]]]] = {}

    def cached(self, unfanned: Unfanned) -> list[Hook] | None:
        """None where the hooks have to be read."""
        revision, at, by_kind = self._cached.get(unfanned.workspace, ("", 0.0, {}))
        if at == 0 or revision != unfanned.revision or time.monotonic() - at > FRESH_SECONDS:
            return None
        return by_kind.get(unfanned.kind, [])

    def read(self, unfanned: Unfanned) -> list[Hook]:
        by_kind: dict[str, list[Hook]] = {}
        for hook in subscriptions.listed(self._services, unfanned.workspace, locked=True):
            kind = self._services.catalog.trigger(hook.trigger).kind
            by_kind.setdefault(kind, []).append(hook)
        if len(self._cached) >= WORKSPACES_KEPT:
            self._cached.clear()
        self._cached[unfanned.workspace] = (unfanned.revision, time.monotonic(), by_kind)
        return by_kind.get(unfanned.kind, [])
