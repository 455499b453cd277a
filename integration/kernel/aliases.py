"""Aliases: a field under another platform's name for it, and a field that a call gives twice."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError

Alias = tuple[str, str]
"""Another name of a field, and its own."""


def of(fields: Mapping[str, Any]) -> list[Alias]:
    """The aliases of these fields, without those that are the own name of a field."""
    named = ((name, each.metadata.get("aliases", ())) for name, each in fields.items())
    every = [(alias, name) for name, others in named for alias in others]
    return [pair for pair in every if pair[0] not in fields]


def renamed(given: dict[str, Any], aliases: Iterable[Alias]) -> dict[str, Any]:
    """`given` with each alias under its field's own name.

    Raises ValidationError for a field that comes under two names with different values. Whichever
    were taken, the other would be lost, and somebody's text with it."""
    found, came = dict(given), dict[str, str]()
    for alias, name in aliases:
        if alias not in found:
            continue
        value = found.pop(alias)
        if name in found and not is_same(found[name], value):
            raise ValidationError(
                f"{came.get(name, name)} and {alias} are two names of one field, and their values"
                " differ; give one of them.",
                name,
            )
        if name not in found:
            found[name], came[name] = value, alias
    return found


def is_same(one: Any, other: Any) -> bool:
    """Whether both say the same, be it as text or as a number."""
    return str(one).strip() == str(other).strip()
