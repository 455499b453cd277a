"""Find opt-out: whether somebody gets no more texts, and why."""

from typing import Any

from integration.kernel import common_fields, opt_out_inputs
from integration.kernel.fields import Inputs
from integration.kernel.opt_outs import OptOuts
from integration.kernel.specs import Search, Values


class FindOptOutInputs(Inputs):
    phone = opt_out_inputs.person("The number of the person.")
    sender = opt_out_inputs.own_sender(
        "Only opt-outs from this number or name of yours; leave empty for all of them."
    )
    connection = common_fields.connection("Leave empty for all accounts.")


def run(register: OptOuts, values: Values) -> list[dict[str, Any]]:
    found = register.find(
        phone=values["phone"],
        sender=values.get("sender", ""),
        connection=values.get("connection", ""),
    )
    return [dict(each) for each in found]


SEARCH = Search(
    key="find_opt_out",
    noun="Opt-Out",
    label="Find Opt-Out",
    description="Finds whether somebody has opted out of your texts; who has not is not found.",
    inputs=FindOptOutInputs,
    needs=None,
    run=run,
    sample={
        "id": "opt_5d0c1f4be27a3e9c8b60d2f7a1",
        "phone": common_fields.PHONE,
        "connection": common_fields.CONNECTION,
        "sender": common_fields.OWN,
        "opted_out": True,
        "by": "word",
        "note": "STOP",
        "changed_at": "2026-01-31T09:00:00Z",
    },
)
