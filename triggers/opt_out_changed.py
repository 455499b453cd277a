"""Opt-out changed: fires when a person asks for no more texts, or for texts again."""

from integration.kernel import common_fields, senders
from integration.kernel.events import OPT_OUT, Event
from integration.kernel.fields import Choice, Inputs
from integration.kernel.opt_outs import EVERY
from integration.kernel.specs import Trigger, Values

SAMPLE: Event = {
    "id": "opt_5d0c1f4be27a3e9c8b60d2f7a1",
    "connection": common_fields.CONNECTION,
    "provider": "pairfon",
    "phone": common_fields.PHONE,
    "sender": "+14155550100",
    "opted_out": True,
    "by": "word",
    "note": "STOP",
    "changed_at": "2026-01-31T09:00:00Z",
}


class OptOutFilters(Inputs):
    phone = common_fields.sender("Only wishes of this number.")
    change = Choice(
        choices={"out": "Opted Out", "in": "Opted In Again"},
        label="Change",
        help="Only people who opt out, or only those who opt in again; leave empty for both.",
        sample="out",
    )
    connection = common_fields.connection("Only texts to this connection; leave empty for all.")


def wants(event: Event, filters: Values) -> bool:
    change = filters.get("change")
    if change and (change == "out") != event["opted_out"]:
        return False
    if "phone" in filters and not senders.same(event.get("phone") or "", filters["phone"]):
        return False
    return "connection" not in filters or event.get("connection") in (EVERY, filters["connection"])


TRIGGER = Trigger(
    key="opt_out_changed",
    noun="Wish",
    label="Opt-Out Changed",
    description="Triggers when somebody asks for no more texts of yours, or for texts again.",
    inputs=OptOutFilters,
    wants=wants,
    sample=SAMPLE,
    every=True,
    kind=OPT_OUT,
)
