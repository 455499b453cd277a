"""Fixtures: somebody signed in to the console, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.rig.stack import Stack, World
from tests.console.browser import Browser
from tests.console.visitor import Visitor


@pytest.fixture
def visitor(stack: Stack) -> Iterator[Visitor]:
    coming = Visitor(stack)
    yield coming
    coming.web.close()
    stack.forgive()


@pytest.fixture
def user(visitor: Visitor, world: World) -> Visitor:
    """Signed in to `world` with its key."""
    assert visitor.sign_in(world.key).ok
    return visitor


@pytest.fixture(scope="session")
def chromium() -> str:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("There is no Chromium on this machine.")
    return program


@pytest.fixture
def browser(chromium: str, stack: Stack, tmp_path: Path) -> Iterator[Browser]:
    opened = Browser(chromium, tmp_path / "profile", stack.url)
    yield opened
    opened.close()
