"""Sending rules: what holds for the texts of a workspace where a call does not say otherwise."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from integration.store import keys
from integration.store.client import TextStore

FIELDS = ("deduplicate_within",)
"""Their fields in the workspace's record."""


@dataclass(frozen=True, kw_only=True)
class SendingRules:
    """`deduplicate_within`: seconds in which a duplicate is refused, 0 for none."""

    deduplicate_within: int = 0


def stored(db: TextStore, workspace: str) -> SendingRules:
    return _read(dict(zip(FIELDS, db.hmget(keys.workspace(workspace), FIELDS), strict=True)))


def _read(facts: Mapping[str, str | None]) -> SendingRules:
    """A value that cannot be read counts as not given."""
    within = facts.get("deduplicate_within") or ""
    return SendingRules(deduplicate_within=int(within) if within.isdecimal() else 0)


def store(db: TextStore, workspace: str, changes: Mapping[str, str]) -> SendingRules:
    """Change rules. No call that comes later is accepted under the old ones: they are cached
    together with the workspace's connections, under one stamp."""
    with db.pipeline(transaction=True) as pipe:
        if changes:
            pipe.hset(keys.workspace(workspace), mapping=dict(changes))
            pipe.set(keys.connections_stamp(workspace), secrets.token_hex(8))
        pipe.execute()
    return stored(db, workspace)
