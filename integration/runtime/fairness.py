"""Fairness: how long one piece of work computes while others of its process wait."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
SWITCH_SECONDS = 0.0005
"""How long one thread computes while another has an answer to read; Python's own is ten times that.
A call waits so long at each of its steps for those of other accounts."""
PORTION = 20
PAUSE = 0.001
"""Seconds. Under gevent a sleep of none may return before anything that has come in is read."""


def switch_often() -> None:
    """Let the threads of this process take turns every SWITCH_SECONDS."""
    sys.setswitchinterval(SWITCH_SECONDS)


def with_pauses(rows: Iterable[T]) -> Iterator[T]:
    """The same rows, with a pause after each portion, in which other calls have their turn."""
    for place, each in enumerate(rows, 1):
        yield each
        if place % PORTION == 0:
            time.sleep(PAUSE)
