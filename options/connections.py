"""The dropdown of connections."""

from collections import Counter
from collections.abc import Sequence

from integration.kernel.specs import Linked, Options
from options._rows import Row


def rows(linked: Sequence[Linked]) -> list[Row]:
    named = Counter(each.label for each in linked)
    return [{"id": each.id, "label": _label(each, named[each.label])} for each in linked]


def _label(each: Linked, bearers: int) -> str:
    """Connections of one name also show their provider and id."""
    return each.label if bearers == 1 else f"{each.label} ({each.provider.label}, {each.id})"


OPTIONS = Options(
    key="connections",
    label="Connections",
    description="Lists the provider accounts you have connected.",
    list=rows,
    sample=({"id": "conn_4dkq7m2vxa5tzr3w", "label": "Amy's Phones"},),
)
