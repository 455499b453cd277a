"""The dropdown of contact groups."""

from functools import partial

from integration.kernel.capabilities import HoldsContacts
from integration.kernel.specs import Options
from options._rows import Pairs, gather


def pairs(provider: HoldsContacts) -> Pairs:
    return [(group.id, group.name or group.id) for group in provider.groups()]


OPTIONS = Options(
    key="groups",
    label="Groups",
    description="Lists the contact groups of your account.",
    list=partial(gather, HoldsContacts, pairs),
    needs=HoldsContacts,
    sample=({"id": "g_01hgroup", "label": "Newsletter"},),
)
