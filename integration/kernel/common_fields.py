"""Fields that many extensions share."""

from typing import Any

from integration.kernel.connection_list import ConnectionList
from integration.kernel.fields import Number, PhoneList, SenderFilter, SimSlot, Text, Word

# These samples match the sample event of the message triggers, which must pass its own filters.
CONNECTION = "conn_4dkq7m2vxa5tzr3w"
FALLBACK = "conn_7ahw3n5kq2rd6zxe"
DEVICE = "abc123"
SIM = "SIM1"
PHONE = "+14155550123"
OWN = "+14155550100"
LONGEST_DEDUPLICATE = 259_200
"""Seconds: three days. For so long at least the record of a job is kept, which says whether its
text went out."""
LONGEST_SILENCE = 21_600
"""Seconds: six hours, after which a text is given up anyway that no other connection takes."""
TO, TEXT = ("to", "recipient"), ("text", "body")
"""What platforms call the other side, and what is said."""


FIRST = (
    "Leave empty for the account that has the phone, group or sender, or else the first that can"
    " do this."
)
EVERY = "Leave empty for the account that has the phone or group, or else for all of them."


def connection(help: str = FIRST) -> Text:
    return Word(label="Connection", help=help, sample=CONNECTION, options="connections")


def device(help: str, **kwargs: Any) -> Text:
    return Word(label="Device", help=help, sample=DEVICE, options="devices", **kwargs)


def sim_slot(help: str) -> Text:
    # No dropdown: both choices are known, and Zapier refuses a field that has both.
    return SimSlot(label="SIM Slot", help=help, sample=SIM)


def group(help: str, **kwargs: Any) -> Text:
    return Word(label="Group", help=help, sample="g_01hgroup", options="groups", **kwargs)


def recipients(help: str) -> Text:
    return PhoneList(required=True, label="Phone", help=help, sample=PHONE, aliases=TO)


def sender(help: str, **kwargs: Any) -> Text:
    return SenderFilter(label="Phone", help=help, sample=PHONE, **kwargs)


def own_number(help: str) -> Text:
    return SenderFilter(label="To", help=help, sample=OWN)


def contains(help: str, sample: str, **kwargs: Any) -> Text:
    return Text(label="Contains", help=help, sample=sample, **kwargs)


def deduplicate_within(help: str) -> Text:
    return Number(
        least=0, most=LONGEST_DEDUPLICATE, label="Deduplicate Within", help=help, sample="600"
    )


def fallback_connections(help: str) -> Text:
    return ConnectionList(
        label="Fallback Connections", help=help, sample=FALLBACK, options="connections"
    )


def failover_after(help: str) -> Text:
    return Number(least=0, most=LONGEST_SILENCE, label="Failover After", help=help, sample="300")
