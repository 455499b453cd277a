"""A store as lines of JSON: one key a line, with its type, its TTL and its value."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from integration.store.client import raw

Reader = Callable[[Any, str], Any]
READERS: dict[str, Reader] = {
    "string": lambda db, name: db.get(name),
    "hash": lambda db, name: dict(sorted(db.hgetall(name).items())),
    "list": lambda db, name: db.lrange(name, 0, -1),
    "set": lambda db, name: sorted(db.smembers(name)),
    "zset": lambda db, name: db.zrange(name, 0, -1, withscores=True),
    "stream": lambda db, name: db.xrange(name),
}


def lines(db: Any) -> Iterator[str]:
    """Every key of a store. Bytes that are no text become escapes of half surrogate pairs."""
    for name in sorted(db.scan_iter(count=1000)):
        kind, left = db.type(name), db.pttl(name)
        entry = {"key": name, "type": kind, "ttl_ms": left if left > 0 else None}
        yield json.dumps(entry | {"value": READERS[kind](db, name)})


def load(db: Any, stored: Iterable[str]) -> None:
    for line in stored:
        entry = json.loads(line)
        _write(db, raw(entry["key"]), entry["type"], entry["value"])
        if entry["ttl_ms"]:
            db.pexpire(raw(entry["key"]), entry["ttl_ms"])


def _write(db: Any, name: bytes, kind: str, value: Any) -> None:
    if kind == "string":
        db.set(name, raw(value))
    elif kind == "hash":
        db.hset(name, mapping={raw(field): raw(text) for field, text in value.items()})
    elif kind == "list":
        db.rpush(name, *map(raw, value))
    elif kind == "set":
        db.sadd(name, *map(raw, value))
    elif kind == "zset":
        db.zadd(name, {raw(member): score for member, score in value})
    else:
        for position, fields in value:
            db.xadd(name, {raw(field): raw(text) for field, text in fields.items()}, id=position)
