"""What sending a text and sending a picture have in common: fields, and the message they make."""

from typing import Any

from integration.kernel import common_fields, unfilled
from integration.kernel.as_is import Recipients
from integration.kernel.capability import Capability
from integration.kernel.fields import Flag, LongText, Moment, Text, longest
from integration.kernel.outgoing import Outgoing
from integration.kernel.sender_id import SenderId
from integration.kernel.specs import Values

LONGEST_TEXT = 1600
LONGEST_SENDER = 36
"""Characters of the id of a pool of numbers, which is a UUID with some providers. Numbers end at
15, names at 11 on most networks."""


def recipients(help: str) -> Text:
    return Recipients(
        required=True,
        label="Phone",
        help=help,
        sample=common_fields.PHONE,
        aliases=common_fields.TO,
    )


def as_is() -> Text:
    return Flag(
        label="As Is",
        help="Yes to text a short code or a name, such as 40404, just as it is written.",
        sample="true",
    )


def message(help: str, sample: str, **kwargs: Any) -> Text:
    return LongText(
        label="Message",
        help=help,
        sample=sample,
        aliases=common_fields.TEXT,
        validate=[longest(LONGEST_TEXT), unfilled.check_text],
        **kwargs,
    )


def sender_id() -> Text:
    return SenderId(
        label="Sender ID",
        help="The name or number shown as sender; leave empty for your account's usual one.",
        sample="Hookline",
        options="senders",
        validate=longest(LONGEST_SENDER),
    )


def valid_until() -> Text:
    return Moment(
        label="Valid Until",
        help="A time with an offset after which it must not go out; leave empty for no end.",
        sample="2028-01-31T12:00:00+01:00",
    )


def deduplicate_within() -> Text:
    return common_fields.deduplicate_within(
        "Seconds in which the same text to the same number is refused; 0 for never, and leave"
        " empty for your workspace's rule."
    )


def fallback_connections() -> Text:
    return common_fields.fallback_connections(
        "What a text goes on through where its account refuses us or does not answer."
    )


def failover_after() -> Text:
    return common_fields.failover_after(
        "Seconds without an answer after which it does; leave empty for your workspace's rule."
    )


def outgoing(provider: Capability, values: Values) -> Outgoing:
    """The message that a job with this input sends."""
    media = values.get("media_url")
    return Outgoing(
        phone=values["phone"],
        message=values.get("message") or "",
        media_urls=(media,) if media else (),
        sender_id=values.get("sender_id"),
        device_fingerprint=values.get("device_fingerprint"),
        sim_slot=values.get("sim_slot"),
        dlt_template_id=values.get("dlt_template_id"),
        reference=provider.reference,
        receipt_url=provider.receipt_url,
    )
