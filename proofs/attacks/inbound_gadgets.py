"""S16: jobs put into RQ's queues by hand: nothing of a stranger's runs, and the workers go on."""

from __future__ import annotations

import time
from pathlib import Path

from integration.store import keys
from proofs.attacks.inbound_gadget_jobs import Gadget, gadgets, plant, plant_abandoned, plant_debris
from proofs.attacks.outcome import Outcome, judged
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

FIGURE = "S16"
GOAL = "A pickle or a foreign function in RQ's queues never runs; the worker survives, goes on."
WORKERS = 3
QUEUES = (keys.RQ_ACTIONS, keys.RQ_DELIVERIES, keys.RQ_MEDIA)


def run(stack: Stack, *, short: bool, seed: int) -> Outcome:
    """Plant every gadget in every queue, start the workers on them, send texts after it."""
    world = stack.workspace()
    world.connect_pairfon()
    folder = stack.folder / f"gadgets-{seed}"
    folder.mkdir(exist_ok=True)
    planted = [
        each
        for lap in range(1 if short else 25)
        for queue in QUEUES
        for each in gadgets(folder, f"{seed}-{lap}-{queue}")
    ]
    # A drain that runs would leave its queue alone for a minute.
    stack.kill("worker")
    _plant_all(stack, planted, folder)
    stack.start("worker")
    children = until(lambda: _pids(stack), "the workers' processes")
    until(lambda: _drained(stack), "every queue worked through")
    honest = _sends(world, 3)
    ran, died = len(list(folder.iterdir())), len(children - _pids(stack))
    counts = {"gadgets": len(planted), "ran": ran, "workers_died": died, "texts_after": honest}
    return judged(FIGURE, GOAL, counts, passed=not ran and not died and honest == 3)


def _pids(stack: Stack) -> set[int]:
    """The worker's children once all have been forked: one for deliveries, two for actions."""
    found = {each.pid for each in stack.children("worker")}
    return found if len(found) >= WORKERS else set()


def _plant_all(stack: Stack, planted: list[Gadget], folder: Path) -> None:
    for each in planted:
        plant(stack.db, each)
        plant_abandoned(stack.db, each, folder)
    for queue in QUEUES:
        plant_debris(stack.db, queue)


def _drained(stack: Stack) -> bool:
    """Nothing of ours waits; the drain, which the workers put there themselves, may."""
    waiting = [each for queue in QUEUES for each in stack.db.lrange(f"rq:queue:{queue}", 0, -1)]
    time.sleep(0.2)
    return not [each for each in waiting if str(each).startswith(Gadget.PREFIX)]


def _sends(world: World, count: int) -> int:
    """How many texts reach the provider afterwards."""
    for number in range(count):
        answer = world.send(message=f"After the gadgets {number}")
        world.settled(answer.json()["id"])
    return len(world.sends())
