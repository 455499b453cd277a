"""The scheduler: what happens by the clock: upstream sync, webhook registration, retention."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from redis.exceptions import RedisError

from integration.accounts import bootstrap, connections
from integration.accounts.connections import Connection
from integration.inbound import account_watch, retention, sync, webhook_registration
from integration.jobs import expiry, receipt_polling
from integration.kernel.errors import HooklineError, SettingsError
from integration.runtime import forking, logs, stopping
from integration.runtime.forking import Duty
from integration.services import Services
from integration.store import clock, damaged, durability, heartbeat, keys

logger = logging.getLogger(__name__)
TICK_SECONDS = 1.0
SYNCS = 4
"""Connections that are synced at once; a lock keeps it to one sync a connection."""
REGISTER_SECONDS = 10
RETAIN_SECONDS = 60
FOLLOW_SECONDS = 10
WATCH_SECONDS = 2
LISTEN_SECONDS = 3600
_cancelled = expiry.Walk()
"""Where this process is among the jobs; a new process begins at the start."""


def main() -> None:
    _serve(forking.prepared("scheduler"))


def duty(own: Services) -> Duty:
    """The scheduler as one of several processes that are forked from one parent."""
    return Duty(name="scheduler", serve=partial(_serve, own))


def _serve(own: Services) -> None:
    logs.configure(own.settings.log_level, "scheduler")
    try:
        durability.at_start(own.db)
    except SettingsError as error:
        sys.exit(error.message)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    with ThreadPoolExecutor(SYNCS) as pool:
        _run(own, pool)


def _stop(*_: Any) -> None:
    stopping.stopping.set()


def _run(own: Services, pool: ThreadPoolExecutor) -> None:
    last: dict[str, int] = {}
    while not stopping.stopping.wait(TICK_SECONDS):
        _guarded(lambda: _tick(own, pool, last))


def _guarded(step: Callable[[], Any]) -> None:
    """What fails for one connection or in one duty must not end what is done for the others."""
    try:
        step()
    except RedisError as error:
        logger.warning("store away: %s", type(error).__name__)
    except (HooklineError, *damaged.NONSENSE) as error:
        logger.error("bug %s in the scheduler's round", type(error).__name__)


def _tick(own: Services, pool: ThreadPoolExecutor, last: dict[str, int]) -> None:
    clock.agree(own.db)
    heartbeat.beat(own.db, "scheduler")
    durability.watch(own.db)
    if bootstrap.missing(own):
        bootstrap.ensure(own)
    found = [connections.by_id(own, each) for each in own.db.smembers(keys.CONNECTIONS)]
    known = [each for each in found if each]
    list(pool.map(lambda each: _guarded(lambda: _sync(own, each)), known))
    for name, seconds, duty in DUTIES:
        now = clock.now_ms()
        if now - last.get(name, 0) >= seconds * 1000:
            last[name] = now
            _guarded(partial(duty, own, known))


def _sync(own: Services, connection: Connection) -> None:
    if sync.is_due(own, connection):
        sync.sync(own, connection, wait=False)


def _register(own: Services, known: list[Connection]) -> None:
    for workspace in sorted({each.workspace for each in known}):
        webhook_registration.reconcile(own, workspace)


def _retain(own: Services, _: list[Connection]) -> None:
    damaged.trim(own.db)
    for workspace in own.db.smembers(keys.WORKSPACES):
        retention.trim(own, workspace)


def _expire(own: Services, _: list[Connection]) -> None:
    _cancelled.step(own)


def _follow(own: Services, known: list[Connection]) -> None:
    for connection in known:
        receipt_polling.follow(own, connection)


def _watch(own: Services, known: list[Connection]) -> None:
    for connection in known:
        account_watch.watch(own, connection)


def _listen(own: Services, _: list[Connection]) -> None:
    """At the start above all: hooks that listen may have outlived a long stop of ours."""
    for workspace in own.db.smembers(keys.WORKSPACES):
        account_watch.renew(own, workspace)


DUTIES = (
    ("listen", LISTEN_SECONDS, _listen),
    ("register", REGISTER_SECONDS, _register),
    ("retain", RETAIN_SECONDS, _retain),
    ("expire", RETAIN_SECONDS, _expire),
    ("follow", FOLLOW_SECONDS, _follow),
    ("watch", WATCH_SECONDS, _watch),
)


if __name__ == "__main__":
    main()
