"""At once: steps side by side, each in a thread of its own, and a caller who waits only so long.

In the web process a thread is a greenlet. So an account that hangs holds up neither the caller nor
the other accounts.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
from queue import Empty, SimpleQueue

from integration.runtime.guarded import guarded

GRACE = 0.3
"""Seconds."""


def at_once(
    steps: Sequence[Callable[[], object]],
    seconds: float,
    is_enough: Callable[[], bool] = lambda: False,
    grace: float = GRACE,
) -> None:
    """Return when all steps have ended, or after `seconds`; what is not over then goes on. Where it
    `is_enough` after one of them, the others have `grace` more, so that their order still counts.
    """
    ends, over = time.monotonic() + seconds, SimpleQueue[None]()
    for each in steps:
        # A copy, since a thread begins without the request that it works for.
        run = copy_context().run
        threading.Thread(target=run, args=(_guarded, each, over), daemon=True).start()
    with suppress(Empty):
        for _ in steps:
            over.get(timeout=max(0.0, ends - time.monotonic()))
            if is_enough():
                ends = min(ends, time.monotonic() + grace)


def _guarded(step: Callable[[], object], over: SimpleQueue[None]) -> None:
    try:
        guarded(step)
    finally:
        over.put(None)
