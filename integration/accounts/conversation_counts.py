"""Conversation counts: how many of a conversation's texts we can account for.

The baseline is what the provider counted when the account was connected. The commit adds each new
message to it, and a send adds itself. Where the provider counts more, it holds a text that we have
not seen (inbound/backfill.py).
"""

from functools import lru_cache

from integration.services import Services
from integration.store import keys
from integration.store.script import script

SENT = ">"
"""Begins the field that counts what we sent. A provider may count received texts alone."""
TOLD_APART_BY = 9
"""Digits at the end of a number: with or without a country code it is the same conversation. Where
two numbers share them, their counts are added up on both sides."""


@script("count_sent")
def COUNT_SENT(*, counts: str, name: str) -> None:
    """Account for a text that we sent."""


@lru_cache(maxsize=5_000)
def name(phone: str) -> str:
    """The field of the conversation with a number, or with a sender that has a name."""
    digits = "".join(each for each in phone if each.isdecimal())
    if digits and not any(map(str.isalpha, phone)):
        return digits[-TOLD_APART_BY:]
    return phone.strip().casefold()


def sent(services: Services, connection_id: str, phone: str) -> None:
    """Account for one text that the provider took."""
    COUNT_SENT(counts=keys.counts(connection_id), name=SENT + name(phone)).run(services.db)
