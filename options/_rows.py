"""How a dropdown gathers its rows from several connections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from integration.kernel.capabilities import Capability
from integration.kernel.errors import ProviderError
from integration.kernel.specs import Linked

Row = dict[str, str]
Pairs = Iterable[tuple[str, str]]
"""Ids with their labels."""


def gather(
    linked: Sequence[Linked], ability: type[Capability], pairs: Callable[[Any], Pairs]
) -> list[Row]:
    """Rows of every connection with the ability, each id once.

    One connection that fails must not hide the rows of the others. Where no row is left, its
    ProviderError is raised: an empty list would read as "you have none".
    """
    found: list[tuple[Linked, list[tuple[str, str]]]] = []
    failure: ProviderError | None = None
    for each in linked:
        try:
            found.append((each, list(pairs(each.provider)) if _can(each, ability) else []))
        except ProviderError as error:
            failure = failure or error
    filled = [(each, some) for each, some in found if some]
    if failure and not filled:
        raise failure
    return _rows(filled)


def _can(each: Linked, ability: type[Capability]) -> bool:
    return isinstance(each.provider, ability)


def _rows(filled: Sequence[tuple[Linked, list[tuple[str, str]]]]) -> list[Row]:
    rows: dict[str, Row] = {}
    for each, some in filled:
        suffix = f" · {each.label}" if len(filled) > 1 else ""
        for key, label in some:
            rows.setdefault(key, {"id": key, "label": label + suffix})
    return list(rows.values())
