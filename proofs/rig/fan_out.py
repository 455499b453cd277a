"""Fans out all that came, in one process, as the steps of a drain do bit by bit."""

from __future__ import annotations

from integration.delivery.fanout import (
    UNREADABLE,
    fan_out,
    read_unfanned,
    skip_damaged,
    unfanned,
)
from integration.delivery.hook_cache import HookCache
from integration.services import Services


def fan_out_all(services: Services, hook_cache: HookCache | None = None) -> int:
    """Fan out all events of all inboxes; returns the number of deliveries."""
    made, hook_cache = 0, hook_cache or HookCache(services)
    while rows := read_unfanned().run(services.db):
        for each in map(unfanned, rows):
            try:
                hooks = hook_cache.cached(each)
                if hooks is None:
                    hooks = hook_cache.read(each)
                made += max(0, fan_out(services, each, hooks).run(services.db))
            except UNREADABLE as error:
                skip_damaged(services, each, error)
    return made
