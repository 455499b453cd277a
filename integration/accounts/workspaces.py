"""Workspaces: making, listing, their limits. accounts/erasure.py deletes them.

Limits of a workspace's own stand in its record, and in the record of each of its API keys. What
admits a call reads the key's record anyway, so it needs no further look.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from redis.exceptions import RedisError

from integration.accounts import api_keys
from integration.kernel import times
from integration.kernel.errors import Conflict, InvalidInput, NotFound
from integration.store import keys
from integration.store.client import TextStore, in_passing
from integration.store.clock import wall_ms

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
LIMITS = ("rate_limit", "backlog", "hooks")
"""Calls a minute of all its keys together, jobs that may wait, hooks."""
TRIES = 20


def check(db: TextStore, name: str) -> str:
    """The name. NotFound where there is no such workspace: a typing slip makes none."""
    if not db.sismember(keys.WORKSPACES, name):
        raise NotFound(f"There is no workspace called {name[:63]!r}; check its name.")
    return name


def create(
    db: TextStore, name: str, limits: Mapping[str, int], replicas: int = 0
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """A new workspace, the record of its first key, and that key.

    Raises NotReplicated where fewer replicas confirm it; then there is no workspace."""
    if not NAME.fullmatch(name):
        sentence = (
            "A workspace's name has 1 to 63 letters, digits, dots, dashes and underscores, and"
            " begins with a letter or a digit."
        )
        raise InvalidInput(sentence, errors={"name": [sentence]})
    if not db.sadd(keys.WORKSPACES, name):
        raise Conflict(f"There is a workspace called {name} already.")
    facts = {"created_ms": wall_ms(), "opt_outs": "on", **limits}
    db.hset(keys.workspace(name), mapping=facts)
    try:
        record, key = api_keys.create(db, name, "First key", limits=limits, wanted=replicas)
    except RedisError:
        with in_passing():
            db.srem(keys.WORKSPACES, name)
            db.delete(keys.workspace(name))
        raise
    return _shown(name, {each: str(value) for each, value in facts.items()}), record, key


def listed(db: TextStore) -> list[dict[str, Any]]:
    """All workspaces by name."""
    names = sorted(db.smembers(keys.WORKSPACES))
    with db.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hgetall(keys.workspace(name))
        found = pipe.execute()
    return [_shown(name, facts) for name, facts in zip(names, found, strict=True)]


def get(db: TextStore, name: str) -> dict[str, Any]:
    return _shown(check(db, name), db.hgetall(keys.workspace(name)))


def limits_of(db: TextStore, name: str) -> dict[str, int]:
    """The limits of its own."""
    return _limits(db.hgetall(keys.workspace(name)))


def limit(db: TextStore, name: str, changes: Mapping[str, int | None]) -> dict[str, Any]:
    """Change limits; None gives one back to the service's settings. They hold from the next call
    on."""
    record = keys.workspace(check(db, name))
    given = {each: value for each, value in changes.items() if value is not None}
    with db.pipeline(transaction=True) as pipe:
        if given:
            pipe.hset(record, mapping=given)
        if cleared := changes.keys() - given.keys():
            pipe.hdel(record, *cleared)
        pipe.execute()
    spread(db, name)
    return get(db, name)


def spread(db: TextStore, name: str) -> None:
    """Write the limits into the records of the workspace's keys."""
    for _ in range(TRIES):
        limits, stale = limits_of(db, name), False
        for digest, before, record in api_keys.stored(db, name):
            if (record.get("limits") or {}) != limits:
                after = json.dumps(record | {"limits": limits})
                api_keys.REPLACE_KEY(digest=digest, before=before, after=after).run(db)
                # Another look: somebody may have changed the key or the limits meanwhile.
                stale = True
        if not stale:
            return
    raise Conflict("Others are changing this workspace's keys right now; try again.")


def _limits(facts: Mapping[str, str]) -> dict[str, int]:
    return {each: int(facts[each]) for each in LIMITS if facts.get(each, "").isdecimal()}


def _shown(name: str, facts: Mapping[str, str]) -> dict[str, Any]:
    made = facts.get("created_ms", "")
    own = _limits(facts)
    return {
        "name": name,
        "created_at": times.from_ms(int(made)) if made.isdecimal() else None,
        "limits": {each: own.get(each) for each in LIMITS},
    }
