"""Fixtures: the compiled package as n8n's own tool builds it, and its nodes against the service."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofs.rig.stack import World
from tests.platforms.n8n.built import Nodes, build


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("n8n"))


@pytest.fixture
def nodes(package: Path, world: World) -> Nodes:
    return Nodes(package, world.stack.url, world.key)
