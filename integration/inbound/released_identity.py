"""The names that release 0.1.0 gave to messages and conversations, in a store that it wrote.

They depend on DEFAULT_REGION and on the library of numbers. They are still written, since a process
of that release may run beside this one.
"""

from functools import lru_cache, partial

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from integration.inbound import identity
from integration.inbound.identity import Name
from integration.kernel.events import InboundMessage

SHORTEST, LONGEST = 7, 15
"""Digits of a number."""


def fingerprints(
    connection_id: str, message: InboundMessage, region: str | None, known: Name
) -> tuple[bytes, bytes]:
    """The fingerprint under this region, and without one; mostly they are the `known` one."""
    here, nowhere = _readable(message.phone, region), _readable(message.phone, None)
    facts = (here, message.message)
    own = partial(identity.fingerprint, connection_id, message)
    found = known if facts == identity.facts(message) else own(facts)
    before = found if here == nowhere else own((nowhere, message.message))
    return found.packed, before.packed


@lru_cache(maxsize=5_000)
def conversations(connection_id: str, phone: str, region: str | None) -> tuple[bytes, bytes]:
    """Likewise the conversation with a number."""
    found = [identity.name([connection_id, _readable(phone, each)]) for each in (region, None)]
    return found[0].packed, found[1].packed


@lru_cache(maxsize=5_000)
def _readable(raw: str, region: str | None) -> str:
    """What the release took for E.164, and any other sender unchanged."""
    text = raw.strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    number = _parsed(text, None) if text.startswith("+") else _local(text, region)
    if number is None:
        return raw.strip()
    found = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return found if SHORTEST <= len(found) - 1 <= LONGEST else raw.strip()


def _local(text: str, region: str | None) -> PhoneNumber | None:
    national = _parsed(text, region) if region else None
    if national and phonenumbers.is_possible_number(national):
        return national
    digits = "".join(ch for ch in text if ch not in " ()-./\u00a0")
    abroad = _parsed("+" + digits, None) if digits.isdecimal() and digits.isascii() else None
    return abroad if abroad and phonenumbers.is_possible_number(abroad) else None


def _parsed(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None
