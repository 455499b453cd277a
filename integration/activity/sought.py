"""Sought: a first look at stored rows as they are, which leaves out most that nobody asked for.

A search looks at thousands of rows, and reading each would take a second. What the first look lets
through is read and asked again; what it leaves out would not have been wanted (wanted.py).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from integration.activity.wanted import NATIONAL, Wanted, digits_of

_ESCAPED = re.compile(r'[^\x20-\x7e]|["\\]')
"""What JSON may write in another way."""
_BETWEEN = "\n"
"""Stands in no record in JSON."""
_NO_DIGITS = bytes({*range(256)} - {*b"0123456789\n"})

FirstLook = Callable[[Sequence[str]], list[bool]]
"""Which of these records may be wanted. They are looked at together, which is much quicker."""


@dataclass(frozen=True)
class _Part:
    """What a row must have in it: these digits, whatever stands between them, or without digits
    this text in lower case."""

    text: str
    digits: bytes

    def are_in(self, raw: Sequence[str]) -> list[bool]:
        """Whether it is in each; true where that cannot be said."""
        if not self.digits:
            return [self.text in each.lower() for each in raw]
        joined = _BETWEEN.join(raw).encode(errors="replace")
        numbers = joined.translate(None, _NO_DIGITS).split(_BETWEEN.encode())
        if len(numbers) != len(raw):
            return [True] * len(raw)
        return [self.digits in each for each in numbers]


def first_look(wanted: Wanted) -> FirstLook | None:
    """Which rows with this in their records may be wanted; None where each has to be read."""
    parts = [part for part in _parts(wanted) if part]
    if not parts:
        return None

    def fits(raw: Sequence[str]) -> list[bool]:
        found = [all(each) for each in zip(*(part.are_in(raw) for part in parts), strict=True)]
        return [fit or _is_unsure(each) for fit, each in zip(found, raw, strict=True)]

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
