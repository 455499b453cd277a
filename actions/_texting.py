"""The fields that sending a text and sending a picture have in common."""

from __future__ import annotations

from typing import Any

from integration.kernel.fields import LongText, PhoneList, Text, Word, longest

LONGEST_TEXT = 1600
LONGEST_SENDER = 15  # a numeric sender; alphanumeric ones end at 11 on most networks


def recipients(help: str) -> Text:
    return PhoneList(
        required=True,
        label="Phone",
        help=help,
        sample="+14155550123",
        aliases=("to", "recipient"),
    )


def message(help: str, sample: str, **kwargs: Any) -> Text:
    return LongText(
        label="Message",
        help=help,
        sample=sample,
        aliases=("text", "body"),
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
