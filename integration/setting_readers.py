"""How the text of a setting is read; each raises ValueError with the end of a sentence."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import phonenumbers

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
SHORTEST_SECRET = 16


def text(raw: str) -> str:
    return raw


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(raw: str) -> int:
        if not raw.isdecimal() or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {raw!r}.")
        return int(raw)

    return read


def flag(raw: str) -> bool:
    if raw.lower() not in YES | NO:
        raise ValueError(f"must be 1 or 0, not {raw!r}.")
    return raw.lower() in YES


def address(raw: str) -> str:
    """An http(s) address without its last slash."""
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as https://hookline.example.com.")
    return raw.rstrip("/")


def redis_address(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must start with redis://, rediss:// or unix://.")
    return raw


def key_text(raw: str) -> str:
    if len(raw) < SHORTEST_SECRET:
        raise ValueError(f"is shorter than {SHORTEST_SECRET} characters; use 32 random ones.")
    return raw


def region(raw: str) -> str:
    if raw.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"must be a two-letter country code such as US, not {raw!r}.")
    return raw.upper()
