"""Remove opt-out: text somebody again who has agreed to it."""

from actions import _opt_outs
from integration.kernel import common_fields, opt_out_inputs
from integration.kernel.events import Sent
from integration.kernel.fields import Inputs
from integration.kernel.opt_outs import OptOuts
from integration.kernel.specs import Action, Values


class RemoveOptOutInputs(Inputs):
    phone = common_fields.sender("Who wants texts again.", required=True, aliases=common_fields.TO)
    reason = opt_out_inputs.agreed()
    sender = opt_out_inputs.own_sender(
        "Only the opt-out from this number or name of yours; leave empty for all of them."
    )
    connection = common_fields.connection("Leave empty for all accounts.")


def run(register: OptOuts, values: Values) -> Sent:
    changed = register.lift(
        phone=values["phone"],
        sender=values.get("sender", ""),
        reason=values["reason"],
        connection=values.get("connection", ""),
    )
    sentence = "This person gets texts again." if changed else "There was no such opt-out."
    result = {"phone": values["phone"], "opted_out": False, "changed": changed}
    return Sent(provider_id=None, note=_opt_outs.said(register, sentence), result=result)


ACTION = Action(
    key="remove_opt_out",
    noun="Opt-Out",
    label="Remove Opt-Out",
    description="Removes an opt-out, so that somebody who has agreed to it gets texts again.",
    inputs=RemoveOptOutInputs,
    needs=None,
    run=run,
    sample={"phone": common_fields.PHONE, "opted_out": False, "changed": 1},
    repeatable=True,
    destructive=True,
)
