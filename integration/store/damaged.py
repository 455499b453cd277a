"""Damaged records: readers note one here and pass over it, so that it stops no other record.

No release of ours writes such a record. A slip with redis-cli does, or half of a restored backup.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from redis.exceptions import RedisError, ResponseError

from integration.store import keys, lifetimes
from integration.store.client import TextStore, in_passing, is_unable, raw
from integration.store.clock import wall_ms

log = logging.getLogger(__name__)
NONSENSE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the reading of a damaged record raises."""


def note(db: TextStore, name: str, why: str) -> None:
    """Add the record with this key to the damaged ones, and log it once."""
    with in_passing():
        if db.zadd(keys.BROKEN, {raw(name): wall_ms()}, nx=True):
            shown = name.encode(errors="backslashreplace").decode()
            log.error("the record %s cannot be read and is passed over: %s", shown, why)


def note_refusal(db: TextStore, name: str, error: Exception) -> None:
    """Note a record on which a command or a reader failed.

    Raises `error` itself where the store is away or cannot serve.
    """
    if isinstance(error, RedisError) and is_unable(error):
        raise error
    note(db, name, type(error).__name__)


def texts(db: TextStore, name: str, record: Mapping[str, str]) -> dict[str, str]:
    """The record without the fields whose bytes are no text."""
    found = {field: value for field, value in record.items() if _is_text(field + value)}
    if len(found) < len(record):
        note(db, name, "bytes that are no text")
    return found


def _is_text(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def hashes(db: TextStore, names: Sequence[str]) -> list[dict[str, str]]:
    """The hashes with these keys, each empty where the key is missing or no hash."""
    with db.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hgetall(raw(name))
        found: list[Any] = pipe.execute(raise_on_error=False)
    for place, name in enumerate(names):
        if isinstance(found[place], Exception):
            if not isinstance(found[place], ResponseError):
                raise found[place]
            note_refusal(db, name, found[place])
            found[place] = {}
        found[place] = texts(db, name, found[place])
    return found


def trim(db: TextStore) -> None:
    """Remove notes older than INSPECTED_SECONDS, and all but the newest BROKEN_KEPT."""
    db.zremrangebyscore(keys.BROKEN, "-inf", wall_ms() - lifetimes.INSPECTED_SECONDS * 1000)
    db.zremrangebyrank(keys.BROKEN, 0, -1 - lifetimes.BROKEN_KEPT)
