"""The dropdown of contact groups."""

from __future__ import annotations

from collections.abc import Sequence

from integration.kernel.capabilities import HoldsContacts
from integration.kernel.specs import Linked, Options
from options._rows import Pairs, Row, gather


def rows(linked: Sequence[Linked]) -> list[Row]:
    return gather(linked, HoldsContacts, _pairs)


def _pairs(provider: HoldsContacts) -> Pairs:
    return [(group.id, group.name or group.id) for group in provider.groups()]


OPTIONS = Options(
    key="groups",
    label="Groups",
    description="Lists the contact groups of your account.",
    list=rows,
    needs=HoldsContacts,
    sample=({"id": "g_01hgroup", "label": "Newsletter"},),
)
