"""At once: steps side by side, each in a thread of its own, and a caller who waits only so long.

In the web process a thread is a greenlet. So an account that hangs holds up neither the caller nor
the other accounts.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from redis.exceptions import RedisError

from integration.kernel.errors import HooklineError
from integration.store import damaged

log = logging.getLogger(__name__)


def at_once(steps: Iterable[Callable[[], object]], seconds: float) -> None:
    """Return when all steps have ended, or after `seconds`; what is not over then goes on."""
    ends = time.monotonic() + seconds
    running = [threading.Thread(target=_guarded, args=(each,), daemon=True) for each in steps]
    for each in running:
        each.start()
    for each in running:
        each.join(max(0.0, ends - time.monotonic()))


def _guarded(step: Callable[[], object]) -> None:
    try:
        step()
    except RedisError as error:
        log.warning("store away: %s", type(error).__name__)
    except (HooklineError, *damaged.NONSENSE) as error:
        log.error("bug %s beside a request", type(error).__name__)
