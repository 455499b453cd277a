"""The webhook list of a Pairfon account in which there are entries of somebody else."""

from __future__ import annotations

from typing import Any

from proofs.rig.stack import World

FOREIGN = [
    {"url": "https://example.com/webhook", "active": True},
    {"url": "https://example.com/asleep", "active": False},
]


def upstream(world: World) -> list[dict[str, Any]]:
    """The provider's list, less the ids, which change at each write."""
    found = world.control("GET", "state")["webhooks"]
    return [{"url": each["url"], "active": each["active"]} for each in found]
