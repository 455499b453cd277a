"""The dropdown of sender ids."""

from functools import partial

from integration.kernel.capabilities import HasSenders
from integration.kernel.specs import Options
from options._rows import Pairs, gather


def pairs(provider: HasSenders) -> Pairs:
    return [(each.id, each.label) for each in provider.senders()]


OPTIONS = Options(
    key="senders",
    label="Senders",
    description="Lists the sender ids you may send under.",
    list=partial(gather, HasSenders, pairs),
    needs=HasSenders,
    free=True,
    sample=({"id": "Hookline", "label": "Hookline"},),
)
