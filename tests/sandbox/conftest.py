"""Fixtures: a sandbox for the whole run, a listener and fresh keys for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, numbers


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    running = Sandbox(folder, folder / "data")
    yield running
    running.stop()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


@pytest.fixture
def phone_key() -> str:
    return f"pf_test_{os.getpid()}_{next(numbers)}"


@pytest.fixture
def office_key() -> str:
    return f"cm_test_{os.getpid()}_{next(numbers)}"


@pytest.fixture
def stock_key() -> str:
    return f"us_test_{os.getpid()}_{next(numbers)}"
