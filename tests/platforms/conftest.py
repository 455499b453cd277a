"""Fixtures: one running service for all platforms; each test has a workspace of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.rig.sink import Sink
from proofs.rig.stack import Stack, World


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("platforms"))
    yield running
    running.stop()


@pytest.fixture
def world(stack: Stack) -> Iterator[World]:
    made = stack.workspace()
    yield made
    made.leave()
    stack.forgive()


@pytest.fixture
def sink() -> Iterator[Sink]:
    taking = Sink()
    yield taking
    taking.close()
