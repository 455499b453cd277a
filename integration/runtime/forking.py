"""The parent of long-lived processes: it forks them, and starts a new one for each that ends.

Forked processes share the memory of what the parent has imported.
"""

import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from redis.exceptions import RedisError

from integration import services
from integration.kernel.errors import SettingsError
from integration.outbound.pinned_adapter import trusted
from integration.outbound.provider_http import ProviderHttp
from integration.runtime import logs, stopping
from integration.services import Services
from integration.settings import Settings
from integration.store import clock, damaged, durability

logger = logging.getLogger(__name__)
RESTART_SECONDS = 1.0
LOADED = (ProviderHttp, trusted())
"""Loaded before the forks, so that all processes share it; else each loads it at its first
provider call."""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What one process does until a stop signal arrives; the log calls it `name`."""

    name: str
    serve: Callable[[], None]
    rehearse: Callable[[], None] = lambda: None
    """A part of `serve` that any process may run at any time."""


def prepared(name: str) -> Services:
    """The services that all processes share, built before the forks; it opens no connection."""
    try:
        own = services.build(Settings.from_env())
    except SettingsError as error:
        sys.exit(error.message)
    logs.configure(own.settings.log_level, name, own.settings.log_format)
    stopping.use(own)
    return own


def keep(own: Services, duties: Sequence[Duty]) -> None:
    """Keep one process a duty running, until a stop signal arrives."""
    try:
        durability.at_start(own.db)
    except SettingsError as error:
        sys.exit(error.message)
    _rehearse(own, duties)
    # The garbage collector writes marks beside each object, which would unshare every page.
    gc.freeze()
    children = {_start(duty): duty for duty in duties}
    signal.signal(signal.SIGTERM, lambda *_: _stop(children))
    signal.signal(signal.SIGINT, lambda *_: _stop(children))
    _watch(children)


def _rehearse(own: Services, duties: Sequence[Duty]) -> None:
    """Run once what each process would run first, so that the forks share what that caches.

    The forks inherit no connection and no agreed time: each agrees on the time by itself.
    """
    try:
        clock.agree(own.db)
        for duty in duties:
            duty.rehearse()
    except (RedisError, *damaged.NONSENSE) as error:
        logger.warning("started without a rehearsal: %s", type(error).__name__)
    own.disconnect()
    clock.forget()


def _stop(children: dict[int, Duty]) -> None:
    stopping.stopping.set()
    for pid in children:
        # A child may have ended before `_watch` removed it from `children`.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def _watch(children: dict[int, Duty]) -> None:
    """Start a new process for each that ended. The exit code says nothing: RQ's loop also exits
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
            # The signal may have arrived before the new process was among `children`.
            _stop(children)


def _start(duty: Duty) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    # The child must not keep the parent's signal handlers.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _die_with(parent)
    duty.serve()
    os._exit(0)


PR_SET_PDEATHSIG = 1
CHECK_SECONDS = 1.0


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies; elsewhere look every second."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(CHECK_SECONDS)
    os._exit(1)
