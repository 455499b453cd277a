"""One running service for all flows; each test has a workspace of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.stack import Stack, World


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("stack"))
    yield running
    running.stop()


@pytest.fixture
def world(stack: Stack) -> World:
    return stack.workspace()
