"""What the store's server is: its version and mode, whether it keeps its data, and its room."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from integration.kernel.errors import SettingsError
from integration.store.client import TextStore

OLDEST = (6, 2)
"""The first Redis with BLMOVE, ZADD LT and exclusive stream ranges."""
CROWDED = 0.9
"""Part of the allowed connections beyond which the next process may get none."""
Facts = Mapping[str, Any]
"""What INFO says, under its own names, and `version` and `mode`, as HELLO says them."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """The server's connections, of all its clients together; None where it does not say."""

    used: int | None
    allowed: int | None

    @property
    def ok(self) -> bool:
        return not (self.used and self.allowed and self.used > CROWDED * self.allowed)

    @property
    def detail(self) -> str:
        if self.used is None or not self.allowed:
            return "The server does not say how many connections it has and allows."
        told = f"{self.used} of {self.allowed} connections are in use."
        if 2 * self.used <= self.allowed:
            return told
        return (
            f"{told} A deploy starts new processes beside the old ones: take a plan that allows"
            f" {2 * self.used} or more."
        )


def facts(db: TextStore) -> Facts:
    """Ask the server about itself; only `version` and `mode` where its user may not run INFO.

    Every user may say HELLO, and a Valkey says its mode there as a Redis does.
    """
    hello: dict[str, Any] = db.execute_command("HELLO")
    try:
        told: dict[str, Any] = db.info()
    except ResponseError:
        told = {}
    return {**told, "version": hello["version"], "mode": hello["mode"]}


def refuse(found: Facts) -> None:
    """Raises SettingsError for a server on which texts would be lost, or that lacks a feature."""
    if why := _unfit(found):
        raise SettingsError(f"REDIS_URL names {why}")


def _unfit(found: Facts) -> str:
    if _version(found) < OLDEST:
        return (
            f"a server of version {found['version']}; take Redis {OLDEST[0]}.{OLDEST[1]},"
            " Valkey, or something newer."
        )
    if found["mode"] == "cluster":
        return "a cluster, which RQ cannot use; take a single server, or switch cluster mode off."
    if found["mode"] == "sentinel":
        return "a Sentinel; write redis+sentinel://HOST:PORT/NAME, or name the server itself."
    policy = str(found.get("maxmemory_policy", ""))
    if policy.startswith("allkeys"):
        return f"a server that drops queued texts when it is full: {_POLICY.format(policy)}"
    return ""


_POLICY = "its maxmemory-policy is {}. Set it to noeviction."


def complaints(found: Facts) -> list[str]:
    """Sentences on why this server may lose data; an empty list where none is known."""
    if unknown(found):
        return []
    told = []
    if not found.get("aof_enabled"):
        told.append(
            "The store's append-only file is off: its crash loses data. Take a plan with"
            " persistence (of Heroku's, heroku-redis:premium-0), or set appendonly to yes."
        )
    if found.get("aof_last_write_status", "ok") != "ok":
        told.append("The store cannot write its append-only file. Is its disk full?")
    if 0 < int(found.get("maxmemory", 0)) <= int(found.get("used_memory", 0)):
        told.append("The store's memory is full: it takes nothing new. Raise its maxmemory.")
    policy = found.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        lost = "queued texts" if policy.startswith("allkeys") else EXPIRING
        told.append(f"Once its memory is full, the store drops {lost}: {_POLICY.format(policy)}")
    return told


EXPIRING = "what hooks are owed, idempotency keys and marks of messages already seen"
"""What has a lifetime and is still needed. A queued text has none."""


def unknown(found: Facts) -> str:
    """A sentence on what a user without INFO leaves unknown; "" for any other."""
    if "used_memory" in found:
        return ""
    return (
        "The store's user may not run INFO, so Hookline does not know whether the store keeps its"
        " data, whether it drops keys when it is full, and how many connections are left."
        " Give that user +info."
    )


def room(found: Facts) -> Room:
    return Room(used=found.get("connected_clients"), allowed=found.get("maxclients"))


def _version(found: Facts) -> tuple[int, ...]:
    parts = str(found["version"]).split(".")[:2]
    return tuple(int(part) for part in parts if part.isdecimal())
