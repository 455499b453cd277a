"""Recipients: reads a number that is to be sent to, and refuses one that a second country may have.

What makes a number certain is how it is written, the region of the service, or a provider that
documents numbers without a plus.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from integration.kernel import digits
from integration.kernel.digits import E164, FEWEST, MOST, NoNumber

LEAST_PLAIN = 11
"""Digits of a number without a plus that is read internationally; shorter ones are national in some
country."""
_TRUNK = re.compile(r"\(\s*0\s*\)")
_MEND = "write it with a + and its country code, such as +14155550123"


class PlainNumber(str):
    """An E.164 number that was `written` without a plus, and that no region confirms: to be sent to
    only where the provider documents such numbers."""

    __slots__ = ("written",)
    written: str

    def refusal(self) -> str:
        return _sentence(self.written, _unknown(None))


def several(given: Sequence[str], region: str | None) -> tuple[list[str], list[str]]:
    """The distinct numbers among these, and a sentence for each one that is refused."""
    found: dict[str, None] = {}
    wrong = []
    for place, text in enumerate(given, 1):
        try:
            found[read(text, region)] = None
        except ValueError as error:
            wrong.append(f"Entry {place}: {error}" if len(given) > 1 else str(error))
    return list(found), wrong


@lru_cache(maxsize=4096)
def read(text: str, region: str | None) -> str:
    """The E.164 form of one number, or ValueError with a sentence that names it and the mend."""
    try:
        number = certain(text, region)
        if number is None:
            raise NoNumber(_unknown(region))
    except NoNumber as error:
        raise ValueError(_sentence(text, str(error))) from error
    if region or digits.read(text).startswith("+"):
        return number
    plain = PlainNumber(number)
    plain.written = text
    return plain


def certain(text: str, region: str | None) -> str | None:
    """The E.164 form; None where it is one of a country that nobody named. Raises NoNumber."""
    found = digits.read(text)
    if _TRUNK.search(digits.tidied(text)) and found.startswith("+"):
        found = _without_trunk(text, found)
    if found.startswith("+"):
        return _as_written(found)
    home, abroad = _national(found, region), _international(found)
    if home and abroad and home != abroad:
        return _of_the_two(home, abroad)
    return home or abroad


def _as_written(found: str) -> str:
    count = len(found) - 1
    if found[1:2] == "0":
        raise NoNumber("has a zero where a country code begins; " + _MEND + ".")
    if not FEWEST <= count <= MOST:
        raise NoNumber(
            f"has {count} digits; a number with its country code has {FEWEST} to {MOST}."
        )
    return found


def _without_trunk(text: str, found: str) -> str:
    """`+44 (0)20…` means +4420…, and `+39 (0)6…` means +3906…: whichever of the two exists."""
    dropped = digits.read(_TRUNK.sub("", digits.tidied(text)))
    valid = [each for each in (dropped, found) if _is_exact(each)]
    if len(valid) != 1:
        raise NoNumber("has a zero in brackets; write the number as it is dialled from abroad.")
    return valid[0]


def _is_exact(found: str) -> bool:
    number = parsed(found, None)
    return number is not None and _valid(number) and _e164(number) == found


def _national(found: str, region: str | None) -> str | None:
    number = parsed(found, region) if region else None
    own = region and phonenumbers.country_code_for_region(region)
    if number is None or number.country_code != own or not _valid(number):
        return None
    # In some countries the library calls numbers valid that are too long for any network.
    return _e164(number) if E164.fullmatch(_e164(number)) else None


def _international(found: str) -> str | None:
    plausible = LEAST_PLAIN <= len(found) <= MOST
    return "+" + found if plausible and _is_exact("+" + found) else None


def _of_the_two(home: str, abroad: str) -> str:
    """The region's own country code wins: nobody dials it before a national number."""
    if _country(home) == _country(abroad):
        return abroad
    raise NoNumber(f"may be {home} or {abroad}; write the one that you mean, with its +.")


def _unknown(region: str | None) -> str:
    if region:
        return f"is neither a number of {region} nor an international one; {_MEND}."
    return f"may be a number of any country; {_MEND}, or set DEFAULT_REGION."


def _sentence(text: str, reason: str) -> str:
    return f"{digits.quoted(text)} {reason}"


def _country(number: str) -> int | None:
    found = parsed(number, None)
    return found.country_code if found else None


def _valid(number: PhoneNumber) -> bool:
    return phonenumbers.is_valid_number(number)


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def parsed(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None
