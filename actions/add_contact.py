"""Add contact: put a number, with a name where there is one, into a group."""

from datetime import datetime

from integration.kernel import common_fields
from integration.kernel.capabilities import HoldsContacts
from integration.kernel.events import Sent, Trace
from integration.kernel.fields import Inputs, Word
from integration.kernel.specs import Action, Settling, Values


class AddContactInputs(Inputs):
    phone = common_fields.recipients(
        "The contact's number, such as +14155550123; several are separated by commas."
    )
    group_id = common_fields.group("The group that gets the contact.", required=True)
    first_name = Word(label="First Name", help="The contact's first name.", sample="Amy")
    last_name = Word(label="Last Name", help="The contact's last name.", sample="Lee")
    connection = common_fields.connection()


def run(provider: HoldsContacts, values: Values) -> Sent:
    return provider.add_contact(
        phone=values["phone"],
        group_id=values["group_id"],
        first_name=values.get("first_name"),
        last_name=values.get("last_name"),
    )


def traces(provider: HoldsContacts, values: Values, _since: datetime) -> list[Trace]:
    """Finds the number in the group. Who added it, and when, does not matter: the caller wants it
    there."""
    found = provider.contacts(group_id=values["group_id"], phone=values["phone"])
    return [_trace(contact.id, values["group_id"]) for contact in found]


def _trace(contact_id: str, group_id: str) -> Trace:
    shown = {"contact_id": contact_id, "group_id": group_id}
    return Trace(sent=Sent(provider_id=contact_id, result=shown))


ACTION = Action(
    key="add_contact",
    noun="Contact",
    label="Add Contact",
    description="Adds a contact to a group.",
    inputs=AddContactInputs,
    needs=HoldsContacts,
    run=run,
    sample={"contact_id": "c_01hxyz", "group_id": "g_01hgroup"},
    settling=Settling(needs=HoldsContacts, traces=traces),
    split="phone",
)
