"""How a dropdown gathers its rows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from integration.kernel.capability import Capability
from integration.kernel.specs import Linked

Row = dict[str, str]
Pairs = Iterable[tuple[str, str]]
"""Ids with their labels."""


def gather(
    ability: type[Capability], pairs: Callable[[Any], Pairs], linked: Sequence[Linked]
) -> list[Row]:
    """Rows of every connection with the ability, each id once."""
    able = [each.provider for each in linked if isinstance(each.provider, ability)]
    found = dict(pair for provider in able for pair in pairs(provider))
    return [{"id": key, "label": label} for key, label in found.items()]
