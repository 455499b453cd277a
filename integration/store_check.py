"""Whether the store keeps what it is given: what is wrong with it, and whether it was emptied."""

from __future__ import annotations

import logging
from typing import Any

from redis.exceptions import RedisError, ResponseError

from integration import keys
from integration.clock import now_ms
from integration.kernel.errors import SettingsError
from integration.store import TextStore

log = logging.getLogger(__name__)
ALARM_MS = 3_600_000
OLDEST = (6, 2)
"""The first Redis with BLMOVE, ZADD LT and exclusive stream ranges."""


_births: list[str] = []
"""When the store that this process first met was made; another time means another store."""


def at_start(db: TextStore) -> None:
    """Refuse a store that cannot serve, and say in the log what makes it lose data.

    One that is away says nothing: the process starts and waits for it.
    """
    try:
        facts = _facts(db)
    except RedisError:
        return
    refuse(facts)
    for warning in complaints(db, facts):
        log.warning("%s", warning)


def refuse(facts: dict[str, Any]) -> None:
    """SettingsError for a server that lacks what we need."""
    if _version(facts) < OLDEST:
        raise SettingsError(
            f"REDIS_URL names a server of version {facts['redis_version']};"
            " Redis 6.2, Valkey, or something newer is needed."
        )
    if str(facts.get("redis_mode", "standalone")) == "cluster":
        raise SettingsError(
            "REDIS_URL names a Redis Cluster, which RQ cannot use; give it a single server."
        )


def complaints(db: TextStore, facts: dict[str, Any] | None = None) -> list[str]:
    """Sentences about what makes this store lose data, empty when nothing does."""
    facts = facts or _facts(db)
    found = []
    if not facts.get("aof_enabled"):
        found.append("The store's append-only file is off: its crash loses data. Turn it on.")
    if facts.get("aof_last_write_status", "ok") != "ok":
        found.append("The store cannot write its append-only file. Is its disk full?")
    policy = facts.get("maxmemory_policy") or _policy(db)
    if policy not in ("noeviction", None):
        found.append(f"The store's maxmemory-policy is {policy}: it may drop data. Use noeviction.")
    if _was_emptied(db):
        found.append("The store was emptied or exchanged while we ran: hooks and jobs are gone.")
    return found


def _was_emptied(db: TextStore) -> bool:
    born = db.get(keys.EMPTY_MARK)
    if born and not _births:
        _births.append(born)
    # After an hour it is the store we have, and the log has long said what happened.
    young = born is None or now_ms() - int(born) < ALARM_MS
    return bool(_births) and born != _births[0] and young


def _facts(db: TextStore) -> dict[str, Any]:
    sections: dict[str, Any] = {}
    for name in ("server", "persistence", "memory"):
        sections |= db.info(name)
    return sections


def _version(facts: dict[str, Any]) -> tuple[int, ...]:
    parts = str(facts.get("redis_version", "0")).split(".")[:2]
    return tuple(int(part) for part in parts if part.isdecimal())


def _policy(db: TextStore) -> str | None:
    """None where the server forbids asking, as some managed ones do."""
    try:
        found: dict[str, str] = db.config_get("maxmemory-policy")
    except ResponseError:
        return None
    return found.get("maxmemory-policy")
