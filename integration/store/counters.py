"""Counters: what `/metrics` shows as counted since the store was new."""

from redis.exceptions import ResponseError

from integration.store import damaged, keys
from integration.store.client import TextStore

TOO_LONG = 20
"""Digits that no number of the server has."""


def count(db: TextStore, name: str) -> None:
    """Add one. A counter that is no number is noted as damaged, and its caller goes on."""
    try:
        db.hincrby(keys.COUNTERS, name, 1)
    except ResponseError as error:
        damaged.note_refusal(db, f"{keys.COUNTERS} {name}", error)


def number(text: str) -> int | None:
    """None for a text that is no number, which a slip with redis-cli leaves."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < TOO_LONG else None
