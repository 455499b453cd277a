"""Waits for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LIMIT = 180.0  # seconds, for a busy machine


def until(condition: Callable[[], T], story: Callable[[], str] = str) -> T:
    """What `condition` gives once it holds; fails with `story` when it never does."""
    deadline = time.monotonic() + LIMIT
    while not (held := condition()):
        assert time.monotonic() < deadline, f"waited {LIMIT:g} s in vain; {story()}"
        time.sleep(0.02)
    return held
