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
_APART = r"\D{0,5}"
"""What may stand between two digits of a number."""

FirstLook = Callable[[str], bool]


@dataclass(frozen=True)
class _Part:
    """A text, in lower case, or a number that a row must have in it."""

    text: str
    number: re.Pattern[str] | None

    def is_in(self, raw: str, lower: str) -> bool:
        return bool((self.text and self.text in lower) or (self.number and self.number.search(raw)))


def first_look(wanted: Wanted) -> FirstLook | None:
    """Whether a row with this in its record may be wanted; None where each has to be read."""
    parts = [part for part in _parts(wanted) if part]
    if not parts:
        return None

    def fits(raw: str) -> bool:
        lower = raw.lower()
        return all(part.is_in(raw, lower) for part in parts) or _is_unsure(raw)

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
    return _Part(text, re.compile(_APART.join(last)) if last else None)
