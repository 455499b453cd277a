"""A backlog of our own deliveries: events in the inbox, owed to hooks that point at the sink."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from integration.store import keys
from proofs.bench.service import Service
from proofs.rig.fan_out import fan_out_all
from proofs.rig.sandbox import until
from proofs.rig.stack import World

numbers: Iterator[int] = count(1)


def hooked(service: Service, targets: Sequence[str]) -> World:
    """A workspace whose every message is owed to each of these targets."""
    world = service.world()
    for target in targets:
        answer = world.post("/v1/hooks", target_url=target, trigger="inbound-sms")
        assert answer.status_code == 201, answer.text
    return world


def owe(service: Service, world: World, events: int) -> None:
    """Receive so many messages and owe them to the workspace's hooks, without a worker."""
    service.receive(world, [next(numbers) for _ in range(events)])
    fan_out_all(service.own)


def wait_until_logged(service: Service, world: World) -> None:
    """Until each delivery's outcome is recorded, and nothing is owed any more."""
    until(lambda: not service.db.zcard(keys.owed(world.name)), "every delivery recorded")
    for hook in world.get("/v1/hooks")["data"]:
        log = world.get(f"/v1/hooks/{hook['id']}/deliveries")["data"]
        assert log, "a hook's log is empty"
        assert all(each["status"] == "delivered" for each in log), log[0]
