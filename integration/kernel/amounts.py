"""Amounts: balances as numbers, in whichever country's way a provider writes them."""

from __future__ import annotations

import math
import re

_GROUPS = "[ \u00a0\u2009\u202f'\u2019]"
_NUMBER = re.compile(
    rf"(?:\d{{1,3}}(?:{_GROUPS}\d{{3}})+(?!\d)|\d+|(?<![^\W\d])(?=[.,]\d))(?:[.,]\d+)*"
)
_MINUS = re.compile(r"[-\u2212(]\W*(?:[^\W\d]{1,3}\W*)?$")


def amount(text: str | None) -> float | None:
    """The first number in the text; None where it holds none ("unlimited").

    A single comma before three digits groups thousands, a single point does not: programs print
    points, people print commas.
    """
    try:
        plain = float(text or "nan")
    except ValueError:
        return _read(text or "")
    return plain if math.isfinite(plain) else None


def _read(text: str) -> float | None:
    found = _NUMBER.search(text)
    if found is None:
        return None
    digits = re.sub(_GROUPS, "", found[0])
    whole, mark, part = _split(digits)
    value = float(f"{re.sub('[.,]', '', whole) or 0}.{part or 0}" if mark else whole)
    return -value if _MINUS.search(text[: found.start()]) else value


def _split(digits: str) -> tuple[str, str, str]:
    """The whole part, the decimal mark and the decimals; both are "" where it only has groups."""
    mark = next((each for each in reversed(digits) if each in ".,"), "")
    whole, _, part = digits.rpartition(mark) if mark else (digits, "", "")
    alone = mark == "," and "." not in whole and 0 < len(whole) <= 3 and whole != "0"
    grouped = len(part) == 3 and (mark in whole or alone)
    return (re.sub("[.,]", "", digits), "", "") if grouped else (whole, mark, part)
