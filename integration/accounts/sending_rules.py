"""Sending rules: what holds for the texts of a workspace where a call does not say otherwise."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from integration.store import keys
from integration.store.client import TextStore

FIELDS = ("deduplicate_within", "fallback_connections", "failover_after")
"""Their fields in the workspace's record."""
FAILOVER_AFTER = 300
"""Seconds, where the workspace has not chosen."""


@dataclass(frozen=True, kw_only=True)
class SendingRules:
    """`deduplicate_within`: seconds in which a duplicate is refused, 0 for none.
    `fallback_connections`: what a text goes on through, and `failover_after`: after how many
    seconds without an answer."""

    deduplicate_within: int = 0
    fallback_connections: Sequence[str] = ()
    failover_after: int = FAILOVER_AFTER


def stored(db: TextStore, workspace: str) -> SendingRules:
    within, fallbacks, after = db.hmget(keys.workspace(workspace), FIELDS)
    return SendingRules(
        deduplicate_within=_seconds(within, 0),
        fallback_connections=tuple((fallbacks or "").split()),
        failover_after=_seconds(after, FAILOVER_AFTER),
    )


def _seconds(found: str | None, otherwise: int) -> int:
    """A value that cannot be read counts as not given."""
    return int(found) if found and found.isascii() and found.isdecimal() else otherwise


def store(
    db: TextStore, workspace: str, changes: Mapping[str, int | Sequence[str]]
) -> SendingRules:
    """Change rules. No call that comes later is accepted under the old ones: they are cached
    together with the workspace's connections, under one stamp."""
    given = {
        name: str(value) if isinstance(value, int) else " ".join(value)
        for name, value in changes.items()
    }
    with db.pipeline(transaction=True) as pipe:
        if given:
            pipe.hset(keys.workspace(workspace), mapping=given)
            pipe.set(keys.connections_stamp(workspace), secrets.token_hex(8))
        pipe.execute()
    return stored(db, workspace)
