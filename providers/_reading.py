"""Lenient reading of providers' answers: names vary, wrappers come and go, ids are text."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import quote

from integration.kernel import times
from integration.kernel.errors import (
    MalformedBody,
    ProviderRejected,
    ProviderUnavailable,
    WebhookUnreadable,
)
from integration.kernel.events import Unreadable
from integration.kernel.signs import REFUSED, says, word
from integration.kernel.webhooks import WebhookCall

# ASSUMED_STATUS_WORDS: few words are documented. The others are those of SMPP and of relatives of
# both providers; a word of refusal reads "failed", and any word not listed "unknown".
STATUS = {
    **dict.fromkeys(("success", "delivered", "delivrd", "received", "read"), "delivered"),
    **dict.fromkeys(("queued", "accepted", "acceptd", "pending", "sending", "scheduled"), "queued"),
    **dict.fromkeys(("throttled", "enroute", "en route", "buffered", "processing"), "queued"),
    **dict.fromkeys(("sent", "submitted", "dispatched"), "sent"),
    **dict.fromkeys(REFUSED, "failed"),
}

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
T = TypeVar("T")
WRITTEN = (str, int, float)
DEEPEST = 4
"""The depth of nested wrappers; a body nested deeper is unreadable."""
MOST_ITEMS = 10_000
"""Of one webhook. Most have one, and some hundreds after an outage. To read more would take seconds
of the process that serves all other calls."""


def text(row: Mapping[str, Any], *names: str) -> str | None:
    """Returns the first of these members that is text or a number, as text, or None.

    It keeps numbers digit by digit: an id is a name, not a quantity.
    """
    for name in names:
        value = row.get(name)
        if isinstance(value, WRITTEN) and not isinstance(value, bool):
            return str(value)
    return None


def filled(row: Mapping[str, Any], *names: str) -> str | None:
    """Returns the same, but counts blank text as missing."""
    for name in names:
        found = text(row, name)
        if found and found.strip():
            return found.strip()
    return None


def status(raw: str) -> str:
    """Returns the status of a message, whatever a gateway hangs on its word."""
    return STATUS.get(word(raw)) or ("failed" if says(raw, REFUSED) else "unknown")


def moment(value: object) -> datetime | None:
    """Returns a provider's time as aware UTC, or None where it is unreadable."""
    try:
        return times.parse_lenient(value)
    except (ValueError, OverflowError):
        return None


def whole(value: object, otherwise: int) -> int:
    """Returns a count, also from text."""
    word = str(value).strip().removesuffix(".0")
    return int(word) if word.isdecimal() and len(word) < 10 else otherwise


def rows(data: Any, label: str, *wrappers: str) -> list[dict[str, Any]]:
    """The objects of a listing; see `entries`."""
    return [each for each in entries(data, label, *wrappers) if isinstance(each, dict)]


def entries(data: Any, label: str, *wrappers: str) -> list[Any]:
    """A listing, bare or under one of `wrappers` (also one within another).

    An answer in another shape raises ProviderUnavailable. To read it as an empty list could send a
    text twice.
    """
    found = _list(data, wrappers, DEEPEST)
    if found is None:
        raise ProviderUnavailable(f"{label} answered with a list in a shape we do not know.")
    return found


def _list(data: Any, wrappers: Iterable[str], depth: int) -> list[Any] | None:
    if isinstance(data, list):
        return data
    if not isinstance(data, dict) or not depth:
        return None
    inner = (_list(data[name], wrappers, depth - 1) for name in wrappers if name in data)
    return next((each for each in inner if each is not None), None)


def told(call: WebhookCall) -> Any:
    """What a webhook says in JSON, whatever type it names, or as an object in the fields of a form.

    Raises MalformedBody for anything else, and for a field that a form names twice.
    """
    try:
        return call.json()
    except MalformedBody:
        if not call.headers.get("content-type", "").lower().startswith(FORMS):
            raise
        fields = call.form()
        if not fields or len(dict(fields)) < len(fields):
            raise
        return dict(fields)


def items(body: Any, wrappers: Iterable[str]) -> list[Any]:
    """The items of a webhook body: an object, an array, or either in a wrapper."""
    return bounded(_items(body, wrappers, DEEPEST))


def bounded(found: list[T]) -> list[T]:
    """The same items; raises WebhookUnreadable for more than any provider sends at once."""
    if len(found) > MOST_ITEMS:
        raise WebhookUnreadable(f"This webhook holds {len(found)} items, more than {MOST_ITEMS}.")
    return found


def _items(body: Any, wrappers: Iterable[str], depth: int) -> list[Any]:
    if not depth:
        return [None]
    if isinstance(body, list):
        return [item for each in body for item in _items(each, wrappers, depth - 1)]
    if isinstance(body, dict):
        for name in wrappers:
            # "message" may be the wrapper of a message or its text.
            if isinstance(body.get(name), dict | list):
                return _items(body[name], wrappers, depth - 1)
    return [body]


def unreadable(row: Any, reason: str, *facts: str | None) -> Unreadable:
    """A row whose `facts` every channel shows; without any, only the whole row tells it."""
    told = json.dumps(facts if any(facts) else row, sort_keys=True)
    return Unreadable(name=sha256(told.encode()).hexdigest()[:24], shown=row, reason=reason)


def parted(found: Iterable[T | Unreadable]) -> tuple[list[T], list[Unreadable]]:
    """What could be read, and what could not."""
    read: list[T] = []
    left: list[Unreadable] = []
    for each in found:
        if isinstance(each, Unreadable):
            left.append(each)
        else:
            read.append(each)
    return read, left


def segment(value: str, what: str) -> str:
    """Returns one part of a path. Dots alone would climb out of it and call another endpoint."""
    if value in ("", ".", ".."):
        raise ProviderRejected(f"'{value}' is not a {what}.", upstream_status=404)
    return quote(value, safe="")


def international(number: Any) -> Any:
    """A number as we write it, from a provider whose numbers have no plus. Names and short codes
    stay as they are."""
    plain = isinstance(number, str) and number.isdecimal() and len(number) >= 7
    return f"+{number}" if plain and not number.startswith("0") else number
