"""Readers of a setting's text; each raises ValueError with the end of a sentence."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import phonenumbers

from integration.kernel.fields import FALSE, TRUE

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SHORTEST_SECRET = 16
KEY = re.compile(r'"([^"]+)"|([^\s,]+)')
"""One of several keys, in double quotes or without."""
SHORTEST_API_KEY = 24
"""Characters behind `hk_`, where the key has that."""


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
    if raw.lower() not in TRUE | FALSE:
        raise ValueError(f"must be 1 or 0, not {raw!r}.")
    return raw.lower() in TRUE


def address(raw: str) -> str:
    """An http(s) address without its last slash."""
    scheme, host = _split(raw)
    if scheme not in ("http", "https") or not host:
        raise ValueError("must be an address such as https://hookline.example.com.")
    return raw.rstrip("/")


def _split(raw: str) -> tuple[str, str]:
    """Returns scheme and host, both "" where brackets or port are malformed."""
    try:
        parts = urlsplit(raw)
        parts.port  # noqa: B018  # read for the ValueError of what is no port
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""


def level(raw: str) -> str:
    if raw.upper() not in LEVELS:
        raise ValueError(f"must be one of {', '.join(LEVELS)}, not {raw!r}.")
    return raw.upper()


def one_of(*words: str) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(raw: str) -> str:
        if raw.lower() not in words:
            raise ValueError(f"must be one of {', '.join(words)}, not {raw!r}.")
        return raw.lower()

    return read


def key_text(raw: str) -> str:
    if len(raw) < SHORTEST_SECRET:
        raise ValueError(f"is shorter than {SHORTEST_SECRET} characters; use 32 random ones.")
    return raw


def key_texts(raw: str) -> tuple[str, ...]:
    """Several keys with commas or white space between them. One that holds such itself stands in
    double quotes; where all parts of it are long enough for keys, it is known without them too."""
    found = [quoted or plain for quoted, plain in KEY.findall(raw)]
    if any(len(each) < SHORTEST_SECRET for each in found):
        raise ValueError(
            f"has a key of fewer than {SHORTEST_SECRET} characters; put a key that holds a comma or"
            " a space into double quotes."
        )
    return tuple(dict.fromkeys([*found, raw] if found else []))


def api_key(raw: str) -> str:
    if len(raw.removeprefix("hk_")) < SHORTEST_API_KEY:
        raise ValueError(
            f"has fewer than {SHORTEST_API_KEY} characters after hk_; use hk_ and 32 random ones."
        )
    return raw


def region(raw: str) -> str:
    if raw.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"must be a two-letter country code such as US, not {raw!r}.")
    return raw.upper()
