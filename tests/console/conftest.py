"""Fixtures: somebody signed in to the console, and a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.rig.stack import Stack, World
from tests.console.browser import Browser, Chromium
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


@pytest.fixture
def browser(chromium: Chromium, stack: Stack) -> Iterator[Browser]:
    opened = Browser(chromium, stack.url)
    yield opened
    opened.close()
