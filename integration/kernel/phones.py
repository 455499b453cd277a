"""Phone numbers: strict for recipients, lenient for senders."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

SHORTEST, LONGEST = 7, 15  # digits of an E.164 number; ITU-T E.164 sets 15
HINT = "Use the international format, such as +14155550123."


@lru_cache(maxsize=4096)
def normalise(raw: str, region: str | None) -> str:
    """Returns the E.164 form of a typed number, or raises ValueError with a sentence.

    `+…` and `00…` are international. Other digits are first a national number of `region` (ISO
    3166, such as "US"). Failing that, they are international digits without the plus, as Cloud
    Messaging writes them (31612345678).
    """
    text = raw.strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    number = _parse(text, None) if text.startswith("+") else _local(text, region)
    if number is None:
        raise ValueError(f"This is not a phone number. {HINT}")
    result = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if not SHORTEST <= len(result) - 1 <= LONGEST:
        raise ValueError(f"This phone number has too few or too many digits. {HINT}")
    return result


@lru_cache(maxsize=5_000)
def readable(raw: str, region: str | None) -> str:
    """Returns E.164 for a number, and any other sender ("MyBank", a short code) unchanged."""
    try:
        return normalise(raw, region)
    except ValueError:
        return raw.strip()


def _local(text: str, region: str | None) -> PhoneNumber | None:
    national = _parse(text, region) if region else None
    if national and phonenumbers.is_possible_number(national):
        return national
    digits = "".join(ch for ch in text if ch not in " ()-./\u00a0")
    abroad = _parse("+" + digits, None) if digits.isdecimal() and digits.isascii() else None
    return abroad if abroad and phonenumbers.is_possible_number(abroad) else None


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None
