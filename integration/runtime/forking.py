"""The parent of long-lived processes: it forks them from itself, so that they share its imported
memory, and starts a new one for each that ends."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from redis.exceptions import RedisError

from integration import services
from integration.kernel.errors import SettingsError
from integration.outbound.provider_http import ProviderHttp
from integration.runtime import logs, parent_death, stopping
from integration.services import Services
from integration.settings import Settings
from integration.store import clock, damaged

logger = logging.getLogger(__name__)
RESTART_SECONDS = 1.0
LOADED = (ProviderHttp,)
"""What is otherwise imported at the first call of a provider is shared by all who call them."""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What one process does until it is asked to stop; `name` is what the log calls it."""

    name: str
    serve: Callable[[], None]
    rehearse: Callable[[], None] = lambda: None
    """Something of what `serve` does, and that may be done at any time by anybody."""


def prepared(name: str) -> Services:
    """What all of them share, built before the forks; it connects nothing yet."""
    try:
        own = services.build(Settings.from_env())
    except SettingsError as error:
        sys.exit(error.message)
    logs.configure(own.settings.log_level, name)
    stopping.use(own)
    return own


def keep(own: Services, duties: Sequence[Duty]) -> None:
    """A process for each duty, until somebody asks us to stop."""
    _rehearse(own, duties)
    # Never looked through for garbage again: the collector's marks would unshare every page.
    gc.freeze()
    children = {_start(duty): duty for duty in duties}
    signal.signal(signal.SIGTERM, lambda *_: _stop(children))
    signal.signal(signal.SIGINT, lambda *_: _stop(children))
    _watch(children)


def _rehearse(own: Services, duties: Sequence[Duty]) -> None:
    """Do once what each process would begin with: what that makes and keeps is then shared by all.
    No connection goes along, and no time: a process that is started later agrees on its own."""
    try:
        clock.agree(own.db)
        for duty in duties:
            duty.rehearse()
    except (RedisError, *damaged.NONSENSE) as error:
        logger.warning("started without a rehearsal: %s", type(error).__name__)
    own.db.connection_pool.disconnect()
    own.raw.connection_pool.disconnect()
    clock.forget()


def _stop(children: dict[int, Duty]) -> None:
    stopping.stopping.set()
    for pid in children:
        # It may have ended, and not be taken off the children yet.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def _watch(children: dict[int, Duty]) -> None:
    """Start a new process for each that ended, whatever its exit code: RQ's loop also ends
    with 0 after some errors."""
    while children:
        pid, status = os.waitpid(-1, 0)
        duty = children.pop(pid, None)
        if duty is None or stopping.stopping.is_set():
            continue
        logger.warning("process %d for %s ended with %d; starting another", pid, duty.name, status)
        time.sleep(RESTART_SECONDS)
        if not stopping.stopping.is_set():
            children[_start(duty)] = duty
        if stopping.stopping.is_set():
            # The wish to end may have come while the new one was not among the children yet.
            _stop(children)


def _start(duty: Duty) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    # The parent's handlers and children are none of ours.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent_death.die_with(parent)
    duty.serve()
    os._exit(0)
