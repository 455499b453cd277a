"""Services of their own for flows that need other settings, or kill processes.

Each ends with its file: one that idles takes a twentieth of a core from the other tests.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.rig.stack import Stack, World
from tests.flows.operating import OPERATOR_KEY, operate
from tests.flows.registering import FOREIGN


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A second service, with a small rate limit and a home country."""
    folder = tmp_path_factory.mktemp("narrow")
    running = Stack(folder, RATE_LIMIT="20", DEFAULT_REGION="US", WORKER_CONCURRENCY="1")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def rough(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service of its own for tests that kill its processes."""
    running = Stack(tmp_path_factory.mktemp("rough"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service whose operator has a key."""
    running = Stack(tmp_path_factory.mktemp("operated"), OPERATOR_KEY=OPERATOR_KEY)
    yield running
    running.stop()


@pytest.fixture
def home(operated: Stack) -> Iterator[World]:
    """A workspace that the operator made."""
    world = operated.workspace()
    made = operate(operated, "POST", name=f"{world.name}.made").json()
    world.name, world.key = made["name"], made["key"]
    yield world
    operated.forgive()


@pytest.fixture
def occupied(world: World) -> World:
    """A Pairfon account whose webhook list has entries of somebody else."""
    path, body = "/pairfon/webhooks/inbound-sms", {"webhooks": FOREIGN}
    world.stack.sandbox.call("PUT", path, world.pairfon_key, json=body)
    world.connect_pairfon()
    return world
