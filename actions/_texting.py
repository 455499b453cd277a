"""The fields that sending a text and sending a picture have in common."""

from typing import Any

from integration.kernel import common_fields
from integration.kernel.fields import LongText, Text, Word, longest

LONGEST_TEXT = 1600
LONGEST_SENDER = 15  # a numeric sender; alphanumeric ones end at 11 on most networks


def message(help: str, sample: str, **kwargs: Any) -> Text:
    return LongText(
        label="Message",
        help=help,
        sample=sample,
        aliases=common_fields.TEXT,
        validate=longest(LONGEST_TEXT),
        **kwargs,
    )


def sender_id() -> Text:
    return Word(
        label="Sender ID",
        help="The name or number shown as sender; leave empty for your account's usual one.",
        sample="Hookline",
        options="senders",
        validate=longest(LONGEST_SENDER),
    )
