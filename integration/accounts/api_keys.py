"""API keys: made once, shown once, stored as a hash.

A record holds its scopes twice. `grants` are those of today. `scopes` are those of release 0.1.0,
for its processes that serve during an upgrade: never more than the key has.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from redis.exceptions import RedisError

from integration.kernel import times
from integration.kernel.errors import NotFound
from integration.store import keys, lifetimes, replicas
from integration.store.client import TextStore, in_passing
from integration.store.clock import wall_ms
from integration.store.script import script

SCOPES = ("read", "texts", "act", "hooks", "admin")
"""read: look and poll; texts: see what messages say; act: run actions; hooks: manage hooks; admin:
keys, connections and the audit list."""
RELEASED = {"read": ("read",), "write": ("act", "hooks"), "admin": ("admin",)}
"""The scopes of release 0.1.0, whose keys all see texts."""
PREFIX = "hk_"
SHOWN = 7
"""How many characters of a key are kept readable, to tell keys apart in a list."""
INNER = ("grants", "limits", "own_end")
"""Members of a record that no answer shows."""
NO_KEY = "There is no API key with this id."


@script("replace_key")
def REPLACE_KEY(*, digest: str, before: str, after: str) -> None:
    """Store another record of a key, unless it was revoked or changed meanwhile."""


def digest_of(key: str) -> str:
    """How a key is stored: it has 190 random bits or more, so a plain SHA-256 hides it."""
    return hashlib.sha256(key.encode()).hexdigest()


def spelled_out(words: Iterable[str]) -> list[str]:
    """Scopes in their order. `write`, a word of release 0.1.0, stands for what it opened there."""
    given = set(words)
    found = given | ({"texts", *RELEASED["write"]} if "write" in given else set())
    return [scope for scope in SCOPES if scope in found]


def scopes_of(record: Mapping[str, Any]) -> frozenset[str]:
    """What the key of this record may do; one that release 0.1.0 made may do what it did there."""
    if "grants" in record:
        return frozenset(record["grants"])
    old = record.get("scopes", RELEASED)
    return frozenset({"texts"}.union(*(RELEASED.get(each, (each,)) for each in old)))


def ends_ms(record: Mapping[str, Any]) -> int:
    """When the key expires (ms), 0 for one that does not."""
    at = record.get("expires_at")
    return int(times.parse_strict(at).timestamp() * 1000) if at else 0


def is_over(record: Mapping[str, Any]) -> bool:
    return 0 < ends_ms(record) <= wall_ms()


def create(
    db: TextStore,
    workspace: str,
    name: str,
    *,
    scopes: Iterable[str] = SCOPES,
    value: str | None = None,
    source: str = "api",
    expires_at: str | None = None,
    platform: str | None = None,
    limits: Mapping[str, int] | None = None,
    joins: bool = False,
    wanted: int = 0,
) -> tuple[dict[str, Any], str]:
    """A new key and its public record; `value` takes a key as given instead of making one.

    `source` says who made it: "api", or "environment" for the one that a setting names. The first
    call of one for a `platform` is noted. `limits` are the workspace's (workspaces.py), which stand
    in each of its keys' records. A key that `joins` one makes none: NotFound where it is gone.
    Raises NotReplicated where fewer than the `wanted` replicas confirm it; then there is no key.
    """
    key = value or PREFIX + secrets.token_urlsafe(30)
    digest = digest_of(key)
    record = {
        "id": f"key_{digest[:16]}",
        "workspace": workspace,
        "name": name,
        "prefix": key[:SHOWN] + "…",
        **_rights(spelled_out(scopes)),
        "source": source,
        "created_at": times.from_ms(wall_ms()),
        "expires_at": expires_at,
        "platform": platform,
        "limits": dict(limits or {}),
    }
    _store(db, record, digest, joins=joins, wanted=wanted)
    return shown(record), key


def _store(
    db: TextStore, record: Mapping[str, Any], digest: str, *, joins: bool, wanted: int
) -> None:
    workspace, key_id = record["workspace"], record["id"]
    # Both or neither: a key that opens but cannot be listed could never be revoked.
    with db.pipeline(transaction=True) as pipe:
        pipe.hset(keys.API_KEYS, digest, json.dumps(record))
        pipe.hset(keys.workspace_api_keys(workspace), key_id, digest)
        (pipe.sismember if joins else pipe.sadd)(keys.WORKSPACES, workspace)
        *_, there = pipe.execute()
    if joins and not there:
        _forget(db, workspace, key_id, digest)
        raise NotFound("This workspace was deleted.")
    _confirm(db, wanted, workspace, key_id, digest)


def _rights(grants: Sequence[str]) -> dict[str, Any]:
    """Closed rather than open: a process of 0.1.0 hides no texts, and `write` was both there."""
    sees = "texts" in grants
    released = [word for word, needed in RELEASED.items() if sees and {*needed} <= {*grants}]
    return {"scopes": released, "grants": list(grants)}


def shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as the API shows it."""
    found = {name: value for name, value in record.items() if name not in INNER}
    scopes = scopes_of(record)
    more = {"scopes": [scope for scope in SCOPES if scope in scopes]}
    return {"expires_at": None, "platform": None} | found | more


def _confirm(db: TextStore, wanted: int, workspace: str, key_id: str, digest: str) -> None:
    try:
        replicas.confirm(db, wanted, ("HEXISTS", keys.API_KEYS, digest))
    except RedisError:
        with in_passing():
            _forget(db, workspace, key_id, digest)
        raise


def listed(db: TextStore, workspace: str) -> list[dict[str, Any]]:
    """The workspace's keys, oldest first, without the keys themselves."""
    return [shown(record) for _, _, record in stored(db, workspace)]


def stored(db: TextStore, workspace: str) -> list[tuple[str, str, dict[str, Any]]]:
    """The workspace's keys, oldest first: digest, record as stored, record."""
    digests = list(db.hvals(keys.workspace_api_keys(workspace)))
    texts = db.hmget(keys.API_KEYS, digests) if digests else []
    pairs = zip(digests, texts, strict=True)
    found = [(digest, text, json.loads(text)) for digest, text in pairs if text]
    return sorted(found, key=lambda each: (each[2]["created_at"], each[2]["id"]))


def get(db: TextStore, workspace: str, key_id: str) -> dict[str, Any]:
    """The record as stored. NotFound also for another workspace's key."""
    return _found(db, workspace, key_id)[2]


def _found(db: TextStore, workspace: str, key_id: str) -> tuple[str, str, dict[str, Any]]:
    for each in stored(db, workspace):
        if each[2]["id"] == key_id:
            return each
    raise NotFound(NO_KEY)


def rotate(
    db: TextStore, workspace: str, key_id: str, wanted: int = 0
) -> tuple[dict[str, Any], str]:
    """A new key like this one, which itself ends in 24 hours; `wanted` as for a new one. NotFound
    where the old one has ended."""
    digest, text, old = _found(db, workspace, key_id)
    if is_over(old):
        raise NotFound("This API key has expired; make a new one.")
    record, key = create(
        db,
        workspace,
        old["name"],
        scopes=scopes_of(old),
        expires_at=old.get("own_end", old.get("expires_at")),
        platform=old.get("platform"),
        limits=old.get("limits"),
        joins=True,
    )
    after = _ending(old)
    if not REPLACE_KEY(digest=digest, before=text, after=after).run(db):
        _forget(db, workspace, record["id"], digest_of(key))
        raise NotFound(NO_KEY)
    try:
        _confirm(db, wanted, workspace, record["id"], digest_of(key))
    except RedisError:
        # A caller who tries again rotates a key that does not end tomorrow, nor does the next.
        with in_passing():
            REPLACE_KEY(digest=digest, before=after, after=text).run(db)
        raise
    return record, key


def _ending(old: Mapping[str, Any]) -> str:
    """The key that was rotated. The caller may lose the answer and rotate it again: `own_end` is
    when it ends without a rotation."""
    ends = wall_ms() + lifetimes.OLD_KEY_SECONDS * 1000
    more = {"expires_at": times.from_ms(min(ends, ends_ms(old) or ends))}
    return json.dumps({"own_end": old.get("expires_at"), **old, **more})


def revoke(db: TextStore, workspace: str, key_id: str) -> None:
    """From the next request on the key opens nothing; NotFound for another workspace's key."""
    digest = db.hget(keys.workspace_api_keys(workspace), key_id)
    if not digest:
        raise NotFound(NO_KEY)
    _forget(db, workspace, key_id, digest)


def forget_expired(db: TextStore, workspace: str) -> None:
    """Forget keys that expired a while ago. That of a setting stays, or a start made it again."""
    before = wall_ms() - lifetimes.EXPIRED_KEY_SECONDS * 1000
    for digest, _, record in stored(db, workspace):
        if 0 < ends_ms(record) < before and record.get("source") != "environment":
            _forget(db, workspace, record["id"], digest)


def note_call(db: TextStore, record: Mapping[str, Any]) -> None:
    """Note the first call of a key that is for a platform."""
    if record.get("platform"):
        at = times.from_ms(wall_ms())
        db.hsetnx(keys.first_calls(record["workspace"]), record["id"], at)


def first_calls(db: TextStore, workspace: str) -> Mapping[str, str]:
    """When the keys that are for platforms were first called with, by their ids (RFC 3339)."""
    found: dict[str, str] = db.hgetall(keys.first_calls(workspace))
    return found


def _forget(db: TextStore, workspace: str, key_id: str, digest: str) -> None:
    with db.pipeline(transaction=True) as pipe:
        pipe.hdel(keys.first_calls(workspace), key_id)
        pipe.hdel(keys.API_KEYS, digest)
        pipe.hdel(keys.workspace_api_keys(workspace), key_id)
        pipe.execute()
