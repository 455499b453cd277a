"""Guarded: a step whose failure is logged, and must not end what else its process does."""

import logging
from collections.abc import Callable
from typing import TypeVar

from redis.exceptions import RedisError

from integration.kernel.errors import HooklineError
from integration.store import damaged

log = logging.getLogger(__name__)
T = TypeVar("T")


def guarded(step: Callable[[], T]) -> T | None:
    """What the step returns; None where it failed."""
    try:
        return step()
    except RedisError as error:
        log.warning("store away: %s", type(error).__name__)
    except (HooklineError, *damaged.NONSENSE) as error:
        log.error("bug %s", bug(error))
    return None


def bug(error: Exception) -> str:
    """Its type and place for the log: its own text may hold a number or a message."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"
