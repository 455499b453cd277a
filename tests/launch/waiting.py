"""Waits for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

LIMIT = 180.0  # seconds, for a busy machine


def until(condition: Callable[[], object], story: Callable[[], str] = str) -> None:
    """Return once `condition` holds; fail with `story` when it never does."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, f"waited {LIMIT:g} s in vain; {story()}"
        time.sleep(0.02)
