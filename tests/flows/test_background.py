"""Worker and scheduler in one process tree: all of it works, comes back, and ends when asked to."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack

BEATS = [keys.heartbeat(name) for name in ("worker", "scheduler")]


@pytest.fixture
def together(rough: Stack) -> Iterator[Stack]:
    """The stack as one machine runs it."""
    for name in ("worker", "scheduler"):
        rough.processes[name].terminate()
        rough.processes[name].wait(120)
    rough.start("background")
    yield rough
    # It has ended; the next test of this stack needs the processes back.
    del rough.processes["background"]
    for name in ("worker", "scheduler"):
        rough.start(name)


def test_what_dies_of_it_is_started_again_and_the_end_is_orderly(together: Stack) -> None:
    world = together.workspace()
    world.connect_pairfon()
    together.db.delete(*BEATS)
    beating(together)
    died = together.children("background")
    assert len(died) == 4, "deliveries, two for actions, the scheduler"
    for each in died:
        each.kill()
    together.db.delete(*BEATS)
    beating(together)
    assert world.settled(world.send().json()["id"])
    parent = together.processes["background"]
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(120) == 0
    world.leave()


def beating(stack: Stack) -> None:
    until(lambda: stack.db.exists(*BEATS) == len(BEATS), "a worker's and the scheduler's heartbeat")
