"""Our time in this process, which no slow machine moves on while a test counts seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from integration.store import clock
from integration.store.client import TextStore


@contextmanager
def slow_clock() -> Iterator[None]:
    """It goes on by a millisecond at each look, and by what the test adds to the store's."""
    monotonic, own, looks = clock._monotonic_ms(), clock._own_ms(), count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_monotonic_ms", lambda: monotonic + next(looks))
        patch.setattr(clock, "_own_ms", lambda: own + next(looks))
        yield


@contextmanager
def agreed_clock(db: TextStore) -> Iterator[None]:
    """The same, agreed on with the store."""
    with slow_clock():
        clock.agree(db)
        yield
        clock.forget()
