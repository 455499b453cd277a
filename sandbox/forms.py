"""How one channel shows a text or a time that another shows otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

CHANNELS = ("list", "latest", "history", "conversations", "webhook")


def _truncated(at: str) -> str:
    return _written(datetime.fromisoformat(at).replace(microsecond=0))


def _rounded(at: str) -> str:
    moment = datetime.fromisoformat(at) + timedelta(seconds=0.5)
    return _written(moment.replace(microsecond=0))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


TEXTS: dict[str, Callable[[str], str]] = {
    "trim": str.strip,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "nfd": lambda text: unicodedata.normalize("NFD", text),
}
TIMES: dict[str, Callable[[str], str]] = {"truncate": _truncated, "round": _rounded}


def shown(row: Mapping[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """A row as a channel with these habits shows it; what is no text stays as it is."""
    found = dict(row)
    for word in words:
        names, change = (
            (("message", "lastMessage"), TEXTS[word])
            if word in TEXTS
            else (("received_at", "created_at", "lastMessageAt"), TIMES[word])
        )
        for name in names:
            if isinstance(found.get(name), str):
                found[name] = change(found[name])
    return found


def check(given: Any) -> None:
    """Raises ValueError with a sentence for what is not channels with lists of words."""
    for channel, words in given.items():
        if channel not in CHANNELS or not isinstance(words, list):
            raise ValueError(f"The setting 'forms' gives lists to {', '.join(CHANNELS)}.")
        if wrong := [each for each in words if each not in {**TEXTS, **TIMES}]:
            known = ", ".join([*TEXTS, *TIMES])
            raise ValueError(f"The setting 'forms' knows {known}, not {wrong[0]!r}.")
