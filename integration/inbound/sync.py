"""Sync: ask the provider what came in; a lock allows one sync a connection at a time.

Its messages go to the identity (identity.py) and the commit (commit.py), as those of a webhook do.
"""

import logging
import random
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from integration.accounts import connection_facts, connections, conversation_counts
from integration.accounts.connections import Connection
from integration.accounts.provider_limit import SYNC
from integration.accounts.provider_link import REQUEST_SECONDS, link
from integration.inbound import counting, first_look, list_reading, unreadable
from integration.inbound.commit import commit
from integration.kernel import times
from integration.kernel.capabilities import HasInbound, ListsInbound, ListsInboundSince
from integration.kernel.errors import LimitUsedUp, ProviderError
from integration.kernel.events import CONVERSATION, MESSAGE
from integration.runtime.at_once import at_once
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import alone
from integration.store.clock import as_wall, now_ms, wall_ms

log = logging.getLogger(__name__)
KINDS = (MESSAGE, CONVERSATION)
"""The kinds of event that a sync brings."""
READER_SECONDS = 4.0
"""Seconds that somebody who waits for an answer gives the providers; after them it holds what is
stored."""
UNAUTHORIZED = 401
LONGEST_PAUSE_MS = 300_000
"""The longest pause after a sync that failed; each failure in a row doubles it."""
READ_ON_MS = 1_000
"""The pause within a reading of a list that takes longer than one sync."""
AFTER_SENDS_MS = 2_000
"""How far into a new window of the limit a sync comes. Some calls of it are kept for the sync."""
UNBASED = "unbased_ms"
"""The field that says since when a baseline of the counts is wanted in vain."""
OFTEN_MS = 120_000
PROMPT_MS = 60_000
"""A baseline of the counts so soon after the last look, or the connection, covers all since."""


def freshen(services: Services, workspace: str, connection_id: str | None = None) -> None:
    """Bring the workspace's inbox up to date where its last sync is older than SYNC_INTERVAL.

    A provider that fails is noted on its connection; the poll answers with what is stored.
    """
    # At every poll, not only where it syncs: the scheduler mostly syncs first, and some accounts
    # bring texts by their webhook alone. The reader would go unnoticed, and none be registered.
    services.db.set(keys.reader(workspace), 1, ex=lifetimes.READER_SECONDS)
    readable = [
        each
        for each in connections.listed(services, workspace)
        if connection_id in (None, each.id) and connections.can(services, each, HasInbound)
    ]
    if not readable:
        return
    with services.db.pipeline(transaction=False) as pipe:
        for each in readable:
            pipe.hget(keys.sync_state(each.id), "tried_ms")
        tried = zip(readable, pipe.execute(), strict=True)
    due = [each for each, tried_ms in tried if _is_old(services, tried_ms)]
    ask = partial(sync, services, wait=True, within=READER_SECONDS)
    at_once([partial(ask, each) for each in due], READER_SECONDS)


def able(services: Services) -> list[str]:
    """The providers that can be asked what came in."""
    kinds = services.catalog.providers.items()
    return [key for key, kind in kinds if issubclass(kind, HasInbound)]


def turn(services: Services, connection: Connection) -> int:
    """Sync where that is due; returns when it is due next (ms)."""
    if not connections.can(services, connection, HasInbound):
        return now_ms() + LONGEST_PAUSE_MS
    state = keys.sync_state(connection.id)
    if _is_old(services, services.db.hget(state, "tried_ms")):
        sync(services, connection, wait=False)
    return int(services.db.hget(state, "tried_ms") or 0) + services.settings.sync_interval * 1000


def shown(services: Services, connection: Connection) -> dict[str, Any] | None:
    """When the account was last asked, when it is next, and how often in a row it failed.

    None for an account that cannot be asked what came in."""
    if not connections.can(services, connection, HasInbound):
        return None
    wanted = "synced_ms", "tried_ms", "failed"
    last, tried, failed = services.db.hmget(keys.sync_state(connection.id), *wanted)
    due = max(int(tried or 0) + services.settings.sync_interval * 1000, now_ms())
    return {
        "last_at": times.from_ms(int(last)) if last else None,
        "next_at": times.from_ms(as_wall(due)),
        "failures": int(failed or 0),
    }


def rests(services: Services, connection_id: str) -> bool:
    """Whether the account gave no answer at its last sync, refused its key or asked for a pause.
    Then it is asked nothing else. One whose list alone fails is asked all the rest."""
    return bool(services.db.hexists(keys.sync_state(connection_id), "rests"))


def _is_old(services: Services, tried_ms: str | None) -> bool:
    return now_ms() - int(tried_ms or 0) >= services.settings.sync_interval * 1000


def sync(
    services: Services, connection: Connection, *, wait: bool, within: float = REQUEST_SECONDS
) -> None:
    """Sync once within so many seconds, or wait for the sync that another process runs now."""
    lock = keys.sync_lock(connection.id)
    with alone(services.db, lock, lifetimes.SYNC_LOCK_SECONDS) as mine:
        if mine:
            _sync(services, connection, within)
    deadline = time.monotonic() + within
    while wait and not mine and services.db.exists(lock) and time.monotonic() < deadline:
        time.sleep(0.05)


def _sync(services: Services, connection: Connection, within: float) -> None:
    # Another sync may have ended between the caller's look and our lock.
    if not _is_old(services, services.db.hget(keys.sync_state(connection.id), "tried_ms")):
        return
    ask = _read if connections.can(services, connection, ListsInboundSince) else _ask
    try:
        ask(services, connection, within)
    except LimitUsedUp as error:
        _pause(services, connection, int((error.retry_after or 0) * 1000) + AFTER_SENDS_MS)
    except ProviderError as error:
        connection_facts.mark(services, connection, error.message)
        log.warning("sync of %s failed: %s", connection.id, error.code)
        _rest(services, connection, error)


def _read(services: Services, connection: Connection, within: float) -> None:
    began, began_wall = now_ms(), wall_ms()
    done = list_reading.read(services, connection, within)
    services.db.hdel(keys.sync_state(connection.id), "failed", "rests")
    connection_facts.mark(services, connection)
    if done:
        fields = {"tried_ms": began, "synced_ms": began_wall}
        services.db.hset(keys.sync_state(connection.id), mapping=fields)
    else:
        _pause(services, connection, READ_ON_MS)


def _ask(services: Services, connection: Connection, within: float) -> None:
    provider = link(services, connection, within=within, share=SYNC)
    assert isinstance(provider, ListsInbound)
    began, began_wall = now_ms(), wall_ms()
    state = services.db.hgetall(keys.sync_state(connection.id))
    account = connections.account(connection)
    first = "synced_ms" not in state or state.get("account", account) != account
    lacking = first or not conversation_counts.is_ours(services, connection.id)
    # Before the list, so that what comes in between is not counted as known.
    asks = lacking and within >= REQUEST_SECONDS and _has_turn(state, began_wall)
    talks = counting.listed(services, connection) if asks else None
    ids = _take(services, connection, provider, first=first)
    # A list whose oldest text is new may have moved past what nobody saw, whatever a webhook
    # brought of its newest. So may a failed sync.
    missed = not first and (bool(ids and ids[0]) or "failed" in state)
    fields: dict[str, Any] = {"tried_ms": began, "synced_ms": began_wall, "account": account}
    if lacking:
        seen_ms = int(
            state.get(UNBASED) or (connection.created_ms if first else state["synced_ms"])
        )
        missed = missed or UNBASED in state or began_wall - seen_ms > PROMPT_MS
        if talks or (talks is not None and not ids):
            counting.base(services, connection, talks, seen_ms if missed else None)
        else:
            fields[UNBASED], missed = seen_ms, False
    services.db.hset(keys.sync_state(connection.id), mapping=fields)
    services.db.hdel(keys.sync_state(connection.id), "failed", "rests")
    connection_facts.mark(services, connection)
    if missed:
        doubt(services, connection)


def _has_turn(state: Mapping[str, str], now: int) -> bool:
    """Whether to ask for the conversations of an account without a baseline: ever more seldom."""
    return random.random() * (now - int(state.get(UNBASED, now))) < OFTEN_MS


def _take(
    services: Services, connection: Connection, provider: ListsInbound, *, first: bool
) -> list[str]:
    """Commit what the provider lists; returns an id for each, "" for a known one.

    Only the first look at an account may show its history. Later, old times are those of phones
    that uploaded late."""
    window = provider.recent()
    take = first_look.commit_apart if first else partial(commit, whole=bool(window))
    newest = None if window else provider.latest()
    unreadable.keep(services, connection, provider.unread)
    if newest:
        return take(services, connection, [newest], "latest")
    return take(services, connection, window, "list")


def _rest(services: Services, connection: Connection, error: ProviderError) -> None:
    """Leave a list that failed alone for a growing while, and as long as its account asks for."""
    wanted = error.retry_after or 0
    state, interval = keys.sync_state(connection.id), services.settings.sync_interval * 1000
    failed = services.db.hincrby(state, "failed", 1)
    pause = min(interval << min(failed - 1, 20), max(LONGEST_PAUSE_MS, interval))
    if error.upstream_status in (0, UNAUTHORIZED) or wanted:
        services.db.hset(state, "rests", 1)
    else:
        services.db.hdel(state, "rests")
    _pause(services, connection, max(pause, int(wanted * 1000)))


def _pause(services: Services, connection: Connection, pause_ms: int) -> None:
    interval = services.settings.sync_interval * 1000
    services.db.hset(keys.sync_state(connection.id), "tried_ms", now_ms() - interval + pause_ms)


def ask_for(services: Services, connection: Connection) -> None:
    """Have the scheduler sync this connection at its next turn, and look for what was missed."""
    services.db.hset(keys.sync_state(connection.id), "tried_ms", 0)
    doubt(services, connection)


def doubt(services: Services, connection: Connection) -> None:
    """Have the scheduler compare the counts of the conversations soon."""
    services.db.hsetnx(keys.sync_state(connection.id), counting.DOUBT, now_ms())
    services.db.sadd(keys.SYNC_ASKED, connection.id)
