"""Add opt-out: text somebody no more, who said so elsewhere."""

from actions import _opt_outs
from integration.kernel import common_fields, opt_out_inputs
from integration.kernel.events import Sent
from integration.kernel.fields import Inputs
from integration.kernel.opt_outs import OptOuts
from integration.kernel.specs import Action, Values


class AddOptOutInputs(Inputs):
    phone = common_fields.recipients(
        "Who gets no more texts, such as +14155550123; several are separated by commas."
    )
    reason = opt_out_inputs.why("Why, such as where the person said so.")
    sender = opt_out_inputs.own_sender(
        "The number or name of yours that the person refuses; leave empty for all of them."
    )
    connection = common_fields.connection("Leave empty for every account, also for later ones.")


def run(register: OptOuts, values: Values) -> Sent:
    changed = register.add(
        phone=values["phone"],
        sender=values.get("sender", ""),
        reason=values.get("reason", ""),
        connection=values.get("connection", ""),
    )
    sentence = "Opted out." if changed else "This person had opted out before."
    result = {"phone": values["phone"], "opted_out": True, "changed": changed}
    return Sent(provider_id=None, note=_opt_outs.said(register, sentence), result=result)


ACTION = Action(
    key="add_opt_out",
    noun="Opt-Out",
    label="Add Opt-Out",
    description="Adds somebody to the people who get no more texts of yours.",
    inputs=AddOptOutInputs,
    needs=None,
    run=run,
    sample={"phone": common_fields.PHONE, "opted_out": True, "changed": 1},
    repeatable=True,
    split="phone",
)
