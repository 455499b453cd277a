"""API keys: made once, shown once, stored as a hash."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Any

from redis.exceptions import RedisError

from integration.kernel import times
from integration.kernel.errors import NotFound
from integration.store import keys, replicas
from integration.store.client import TextStore, in_passing
from integration.store.clock import wall_ms

SCOPES = ("read", "write", "admin")
"""read: look and poll; write: run actions and manage hooks; admin: keys and connections."""
PREFIX = "hk_"
SHOWN = 7
"""How many characters of a key are kept readable, to tell keys apart in a list."""


def digest_of(key: str) -> str:
    """How a key is stored: it has 190 random bits or more, so a plain SHA-256 hides it."""
    return hashlib.sha256(key.encode()).hexdigest()


def create(
    db: TextStore,
    workspace: str,
    name: str,
    *,
    scopes: Iterable[str] = SCOPES,
    value: str | None = None,
    source: str = "api",
    wanted: int = 0,
) -> tuple[dict[str, Any], str]:
    """A new key and its public record; `value` takes a key as given instead of making one.

    `source` says who made it: "api", or "environment" for the one that a setting names.
    Raises NotReplicated where fewer than the `wanted` replicas confirm it; then there is no key.
    """
    key = value or PREFIX + secrets.token_urlsafe(30)
    digest = digest_of(key)
    key_id = f"key_{digest[:16]}"
    record = {
        "id": key_id,
        "workspace": workspace,
        "name": name,
        "prefix": key[:SHOWN] + "…",
        "scopes": [scope for scope in SCOPES if scope in set(scopes)],
        "source": source,
        "created_at": times.from_ms(wall_ms()),
    }
    # Both or neither: a key that opens but cannot be listed could never be revoked.
    with db.pipeline(transaction=True) as pipe:
        pipe.hset(keys.API_KEYS, digest, json.dumps(record))
        pipe.hset(keys.workspace_api_keys(workspace), key_id, digest)
        pipe.sadd(keys.WORKSPACES, workspace)
        pipe.execute()
    _confirm(db, wanted, workspace, key_id, digest)
    return record, key


def _confirm(db: TextStore, wanted: int, workspace: str, key_id: str, digest: str) -> None:
    try:
        replicas.confirm(db, wanted, ("HEXISTS", keys.API_KEYS, digest))
    except RedisError:
        with in_passing():
            _forget(db, workspace, key_id, digest)
        raise


def listed(db: TextStore, workspace: str) -> list[dict[str, Any]]:
    """The workspace's keys, oldest first, without the keys themselves."""
    digests = list(db.hvals(keys.workspace_api_keys(workspace)))
    found = db.hmget(keys.API_KEYS, digests) if digests else []
    records = [json.loads(each) for each in found if each]
    return sorted(records, key=lambda record: (record["created_at"], record["id"]))


def get(db: TextStore, workspace: str, key_id: str) -> dict[str, Any]:
    for record in listed(db, workspace):
        if record["id"] == key_id:
            return record
    raise NotFound("There is no API key with this id.")


def revoke(db: TextStore, workspace: str, key_id: str) -> None:
    """From the next request on the key opens nothing; NotFound for another workspace's key."""
    digest = db.hget(keys.workspace_api_keys(workspace), key_id)
    if not digest:
        raise NotFound("There is no API key with this id.")
    _forget(db, workspace, key_id, digest)


def _forget(db: TextStore, workspace: str, key_id: str, digest: str) -> None:
    with db.pipeline(transaction=True) as pipe:
        pipe.hdel(keys.API_KEYS, digest)
        pipe.hdel(keys.workspace_api_keys(workspace), key_id)
        pipe.execute()
