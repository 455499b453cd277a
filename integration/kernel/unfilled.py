"""Unfilled: what platforms and scripts send where a field of theirs is empty or unknown."""

import re

from marshmallow import ValidationError

MARKS = re.compile(
    r"\{\{.*\}\}|\$\{.*\}|^\s*(undefined|null|\[object Object\])\s*$", re.DOTALL | re.IGNORECASE
)
WHOLE = re.compile(r"\s*(\{\{[^{}]*\}\}|\$\{[^{}]*\}|undefined|null|\[object Object\])\s*")
"""A text that is such a mark and nothing else. Among other words a person may have written it, or
a provider fills it in. "Null" is an answer in German."""
SHOWN = 40
"""Characters of a refused value that its error names."""


def sentence(value: str) -> str | None:
    """What is said of a value that the platform did not fill in; None for any other value."""
    return _said(value) if MARKS.search(value) else None


def _said(value: str) -> str:
    return f'"{value[:SHOWN]}" was not filled in; map a value, or leave it out.'


def check(value: str) -> None:
    """Raises ValidationError for a value that the platform did not fill in."""
    if said := sentence(value):
        raise ValidationError(said)


def check_text(value: str) -> None:
    """Raises ValidationError for a text that is nothing but such a mark."""
    if WHOLE.fullmatch(value):
        raise ValidationError(_said(value))
