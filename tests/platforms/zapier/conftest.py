"""Fixtures: the compiled app in Zapier's runtime, and a workspace that is connected to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration import discovery
from proofs.rig.stack import Stack, World
from tests.platforms.zapier.zap import Runtime, Zap


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    catalog = discovery.load()
    files = catalog.platform("zapier").compile(catalog, "https://sms.example.com")
    running = Runtime(tmp_path_factory.mktemp("zapier"), files)
    yield running
    running.close()


@pytest.fixture
def zap(runtime: Runtime, world: World) -> Zap:
    return Zap(runtime, world)


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service with a small rate limit that may lose its store."""
    folder: Path = tmp_path_factory.mktemp("frail")
    running = Stack(folder, RATE_LIMIT="20")
    yield running
    running.stop()
