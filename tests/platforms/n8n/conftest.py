"""Fixtures: the compiled package as n8n's own tool builds it, and its nodes against the service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.rig.stack import World
from tests.platforms.n8n.built import STANDIN, Nodes, build
from tests.platforms.node_script import NodeScript


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("n8n"))


@pytest.fixture(scope="session")
def standin(package: Path) -> Iterator[NodeScript]:
    running = NodeScript(STANDIN, package, package)
    yield running
    running.close()


@pytest.fixture
def nodes(standin: NodeScript, world: World) -> Nodes:
    return Nodes(standin, world.stack.url, world.key)
