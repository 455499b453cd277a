"""Find contact: by number, by group, or both."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marshmallow import ValidationError, validates_schema

from integration.kernel import common_fields, senders
from integration.kernel.capabilities import HoldsContacts
from integration.kernel.fields import Inputs
from integration.kernel.specs import Search, Values


class FindContactInputs(Inputs):
    phone = common_fields.sender(
        "The contact's number; may be left empty where a group is given.", aliases=common_fields.TO
    )
    group_id = common_fields.group("The group to look in; leave empty to look in all of them.")
    connection = common_fields.connection(common_fields.EVERY)

    @validates_schema
    def has_something_to_go_by(self, data: Any, **_: Any) -> None:
        if "phone" not in data and "group_id" not in data:
            raise ValidationError("Give a phone number or a group to look for.", "phone")


def run(provider: HoldsContacts, values: Values) -> list[dict[str, Any]]:
    found = provider.contacts(group_id=values.get("group_id"), phone=values.get("phone"))
    return [asdict(contact) for contact in found]


def rank(row: Mapping[str, Any], values: Values) -> float:
    """The exact number comes before numbers that a provider matches loosely."""
    return "phone" in values and not senders.same(row["phone"], values["phone"])


SEARCH = Search(
    key="find_contact",
    noun="Contact",
    label="Find Contact",
    description="Finds a contact by phone number or group.",
    inputs=FindContactInputs,
    needs=HoldsContacts,
    run=run,
    rank=rank,
    sample={
        "id": "c_01hxyz",
        "phone": "+14155550123",
        "group_id": "g_01hgroup",
        "first_name": "Amy",
        "last_name": "Lee",
    },
)
