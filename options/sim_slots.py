"""The dropdown of SIM slots."""

from collections.abc import Sequence

from integration.kernel.specs import Linked, Options
from options._rows import Row

SLOTS = ({"id": "SIM1", "label": "SIM 1"}, {"id": "SIM2", "label": "SIM 2"})


def rows(_linked: Sequence[Linked]) -> list[Row]:
    # Always both: no provider documents which SIMs a phone really holds.
    return [dict(slot) for slot in SLOTS]


OPTIONS = Options(
    key="sim_slots",
    label="SIM Slots",
    description="Lists the SIM slots a phone can send from.",
    list=rows,
    sample=SLOTS,
)
