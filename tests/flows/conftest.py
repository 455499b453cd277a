"""Services of their own for flows that need other settings, or kill processes.

Each ends with its file: one that idles takes a twentieth of a core from the other tests.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.rig.stack import Stack


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
