"""The webhook list of a Pairfon account in which there are entries of somebody else."""

from __future__ import annotations

from typing import Any

from integration.accounts import connections
from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import World

FOREIGN = [
    {"url": "https://example.com/webhook", "active": True},
    {"url": "https://example.com/asleep", "active": False},
]


def upstream(world: World) -> list[dict[str, Any]]:
    """The provider's list, less the ids, which change at each write."""
    found = world.control("GET", "state")["webhooks"]
    return [{"url": each["url"], "active": each["active"]} for each in found]


def shows(world: World, *wanted: dict[str, Any]) -> None:
    """Wait for the provider's list to be so: a call leaves behind it what takes long, or what the
    scheduler is about to do."""
    until(lambda: upstream(world) == [*wanted], f"the list {wanted}")


def stand_still(world: World) -> None:
    """Stop the scheduler where it stands, though not within a turn of the registration, which would
    keep everybody else from one."""
    [each] = connections.listed(world.stack.services, world.name)
    account = connections.id_for("", each.provider, each.account_facts)
    lock = keys.registration_lock(account)

    def stands() -> bool:
        world.stack.pause("scheduler")
        if not world.stack.db.exists(lock):
            return True
        world.stack.resume("scheduler")
        return False

    until(stands, "the scheduler between two turns")
