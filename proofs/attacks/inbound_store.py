"""The store as somebody reads it who got hold of its files: every key and every value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def everything(db: Any) -> Iterator[tuple[str, str]]:
    """Each key with all that is stored under it as one text; bytes that are no text escaped."""
    readers = {
        "string": lambda key: [db.get(key)],
        "hash": lambda key: [part for pair in db.hgetall(key).items() for part in pair],
        "list": lambda key: db.lrange(key, 0, -1),
        "set": db.smembers,
        "zset": lambda key: db.zrange(key, 0, -1),
        "stream": lambda key: [part for _, row in db.xrange(key) for part in row.values()],
    }
    for key in db.scan_iter(count=1000):
        reader = readers.get(db.type(key))
        try:
            yield key, " ".join(map(str, reader(key) or ())) if reader else ""
        except UnicodeDecodeError:
            yield key, repr(db.execute_command("DUMP", key, NEVER_DECODE=True))


def holding(db: Any, texts: Iterable[str], pattern: str = "") -> list[str]:
    """Keys that hold one of `texts` in their name or value, and whose name starts so."""
    wanted = list(texts)
    return [
        key
        for key, value in everything(db)
        if key.startswith(pattern) and any(text in key or text in value for text in wanted)
    ]
