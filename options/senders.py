"""The dropdown of sender ids."""

from __future__ import annotations

from collections.abc import Sequence

from integration.kernel.capabilities import HasSenders
from integration.kernel.specs import Linked, Options
from options._rows import Pairs, Row, gather


def rows(linked: Sequence[Linked]) -> list[Row]:
    return gather(linked, HasSenders, _pairs)


def _pairs(provider: HasSenders) -> Pairs:
    return [(sender, sender) for sender in provider.senders()]


OPTIONS = Options(
    key="senders",
    label="Senders",
    description="Lists the sender ids you may send under.",
    list=rows,
    needs=HasSenders,
    free=True,
    sample=({"id": "Hookline", "label": "Hookline"},),
)
