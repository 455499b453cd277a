"""Unfilled: what platforms and scripts send where a field of theirs is empty or unknown."""

import re

from marshmallow import ValidationError

MARKS = re.compile(
    r"\{\{.*\}\}|\$\{.*\}|^\s*(undefined|null|\[object Object\])\s*$", re.DOTALL | re.IGNORECASE
)
SHOWN = 40
"""Characters of a refused value that its error names."""


def sentence(value: str) -> str | None:
    """What is said of a value that the platform did not fill in; None for any other value."""
    if not MARKS.search(value):
        return None
    return f'"{value[:SHOWN]}" was not filled in; map a value, or leave it out.'


def check(value: str) -> None:
    """Raises ValidationError for a value that the platform did not fill in."""
    if said := sentence(value):
        raise ValidationError(said)
