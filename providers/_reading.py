"""Lenient reading of what providers answer: names vary, wrappers come and go, ids are text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from integration.kernel import times
from integration.kernel.errors import ProviderRejected, ProviderUnavailable

DEEPEST = 4
"""Wrappers within wrappers; a body nested deeper is not one we understand."""


def text(row: Mapping[str, Any], *names: str) -> str | None:
    """The first of these members that is text or a number, as text; None where there is none.

    Numbers are kept digit by digit: an id is a name, not a quantity.
    """
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
    return None


def filled(row: Mapping[str, Any], *names: str) -> str | None:
    """The same, where blank text counts as missing."""
    for name in names:
        found = text(row, name)
        if found and found.strip():
            return found.strip()
    return None


def moment(value: object) -> datetime | None:
    """A provider's time as aware UTC, None where it is not one."""
    try:
        return times.parse_lenient(value)
    except (ValueError, OverflowError):
        return None


def whole(value: object, otherwise: int) -> int:
    """A count that may come as text."""
    word = str(value).strip()
    return int(word) if word.isdecimal() and len(word) < 10 else otherwise


def rows(data: Any, label: str, *wrappers: str) -> list[dict[str, Any]]:
    """The objects of a listing, bare or under one of `wrappers` (also one within another).

    An answer in another shape is no empty list: it raises ProviderUnavailable, since to take it
    for "nothing there" could send a text twice.
    """
    found = _list(data, wrappers, DEEPEST)
    if found is None:
        raise ProviderUnavailable(f"{label} answered with a list in a shape we do not know.")
    return [each for each in found if isinstance(each, dict)]


def _list(data: Any, wrappers: Iterable[str], depth: int) -> list[Any] | None:
    if isinstance(data, list):
        return data
    if not isinstance(data, dict) or not depth:
        return None
    inner = (_list(data[name], wrappers, depth - 1) for name in wrappers if name in data)
    return next((each for each in inner if each is not None), None)


def items(body: Any, wrappers: Iterable[str], depth: int = DEEPEST) -> list[Any]:
    """The single facts of a webhook body: an object, an array, or either in a wrapper."""
    if not depth:
        return [None]
    if isinstance(body, list):
        return [item for each in body for item in items(each, wrappers, depth - 1)]
    if isinstance(body, dict):
        for name in wrappers:
            # "message" may be the wrapper of a message or the text of one.
            if isinstance(body.get(name), dict | list):
                return items(body[name], wrappers, depth - 1)
    return [body]


def segment(value: str, what: str) -> str:
    """One part of a path. Dots alone would climb out of it and call another endpoint."""
    if value in ("", ".", ".."):
        raise ProviderRejected(f"'{value}' is not a {what}.", upstream_status=404)
    return quote(value, safe="")
