"""Sought: a first look at stored rows as they are, which leaves out most that nobody asked for.

A search looks at thousands of rows, and reading each would take a second. What the first look lets
through is read and asked again; what it leaves out would not have been wanted (wanted.py).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from integration.activity.wanted import NATIONAL, Wanted, digits_of

_ESCAPED = re.compile(r'[^\x20-\x7e]|["\\]')
"""What JSON may write in another way."""
_NO_DIGITS = bytes({*range(256)} - {*b"0123456789"})

FirstLook = Callable[[str], bool]


@dataclass(frozen=True)
class _Part:
    """What a row must have in it: these digits, whatever stands between them, or without digits
    this text in lower case."""

    text: str
    digits: bytes

    def is_in(self, raw: str) -> bool:
        if self.digits:
            return self.digits in raw.encode().translate(None, _NO_DIGITS)
        return self.text in raw.lower()


def first_look(wanted: Wanted) -> FirstLook | None:
    """Whether a row with this in its record may be wanted; None where each has to be read."""
    parts = [part for part in _parts(wanted) if part]
    if not parts:
        return None

    def fits(raw: str) -> bool:
        return _is_unsure(raw) or all(part.is_in(raw) for part in parts)

    return fits


def _is_unsure(raw: str) -> bool:
    """Letters may become others when case is folded, and there are digits of other scripts."""
    return not raw.isascii() or "\\u" in raw


def _parts(wanted: Wanted) -> list[_Part | None]:
    return [
        _part(wanted.connection),
        _part(wanted.phone),
        _part(wanted.q),
        # A name may be written in several ways, and a number only with other digits before it.
        _part(wanted.partner) if digits_of(wanted.partner) else None,
    ]


def _part(asked: str) -> _Part | None:
    text, number = asked.strip().lower(), digits_of(asked)
    if not text or _ESCAPED.search(text):
        return None
    # The last digits of a number are there with or without a country code, and a zero before them.
    # A few digits are there as they are.
    bare = number.lstrip("0")
    last = bare[-NATIONAL:] if len(bare) >= NATIONAL else number
    return _Part(text, last.encode())
