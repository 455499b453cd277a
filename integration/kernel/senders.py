"""Senders: names who wrote a message, and tells whether two names mean the same sender.

A short code or a name stays as the provider wrote it: a country code before it would make another
one's number of it.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import shortnumberinfo

from integration.kernel import digits, recipients
from integration.kernel.digits import E164, NoNumber

FEWEST = 7
"""Digits of a national number; short codes have fewer."""
LONGEST_NAME, LONGEST_CODE, LONGEST_ADDRESS = 15, 20, 64
_NAME = re.compile(r"[^\W_][\w .&'’*!#/@:-]*", re.UNICODE)
_ADDRESS = re.compile(r"[^\s@{}<>$]+@[^\s@{}<>$]+")
_MOBILE = re.compile(r"\+(?:(52)1?|(54)9?)([0-9]{10})")
_DIGIT = {"52": "1", "54": "9"}
_NOTHING = frozenset({"undefined", "null", "none", "nan"})


@lru_cache(maxsize=5_000)
def named(raw: str, region: str | None, *, plain: bool = False) -> str:
    """E.164 where the sender certainly is a number, else as the provider wrote it.

    `plain` says that the provider documents numbers without a plus.
    """
    if E164.fullmatch(raw):
        return raw
    try:
        number = _certain(raw, region, plain=plain)
    except NoNumber:
        number = None
    return number or raw.strip()


def _certain(raw: str, region: str | None, *, plain: bool) -> str | None:
    found = digits.read(raw)
    if not found.startswith("+"):
        unknown = region is None and not plain
        if unknown or len(found) < FEWEST or _is_short(found, region):
            return None
    return recipients.certain(raw, region)


def plain(name: str) -> str:
    """What `named` gave, a number of no known country in its digits alone."""
    return digits.read(name) if is_number(name) and not E164.fullmatch(name) else name


def is_number(name: str) -> bool:
    """Whether it has the digits of a full or a national number, in whatever form."""
    try:
        return len(digits.read(name)) >= FEWEST
    except NoNumber:
        return False


@lru_cache(maxsize=5_000)
def written(name: str) -> tuple[str, ...]:
    """`name` first, then how a provider may have written this number besides.

    That is without its plus, without its country code, and with the digit, mostly a zero, that is
    dialled before it within the country. `_twins` says what else."""
    abroad = f"+{name}"
    if len(name) >= recipients.LEAST_PLAIN and E164.fullmatch(abroad):
        return written(abroad)
    number = recipients.parsed(name, None) if E164.fullmatch(name) else None
    if number is None:
        return (name,)
    home = phonenumbers.national_significant_number(number)
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    national = (home, trunk + home) if len(home) >= FEWEST else ()
    full = [form for each in (name, *_twins(name)) for form in (each, each[1:])]
    return tuple(dict.fromkeys((*full, *national)))


def _twins(number: str) -> tuple[str, ...]:
    """A number of Mexico or Argentina without and with the digit of mobiles behind its country
    code, which some networks leave out. Nothing for other numbers."""
    found = _MOBILE.fullmatch(number)
    if found is None:
        return ()
    country, rest = found[1] or found[2], found[3]
    return f"+{country}{rest}", f"+{country}{_DIGIT[country]}{rest}"


def _is_short(found: str, region: str | None) -> bool:
    number = recipients.parsed(found, region) if region else None
    if number is None or region is None:
        return False
    return shortnumberinfo.is_valid_short_number_for_region(number, region)


@lru_cache(maxsize=5_000)
def same(one: str, other: str) -> bool:
    """Whether two senders are one, whatever stands around the number or the name. A number that was
    written nationally, before the region was set, is the same as its E.164 form."""
    if _folded(one) == _folded(other):
        return True
    return _is_national_form(one, other) or _is_national_form(other, one)


def _is_national_form(written: str, number: str) -> bool:
    return bool(E164.fullmatch(number)) and "+" not in written and could_be(written, number)


def could_be(written: str, number: str) -> bool:
    """Whether `written` may stand for this E.164 number, also without its country code. A recipient
    that is no such number, as a short code, stands for itself alone."""
    if not E164.fullmatch(number):
        return _folded(written) == _folded(number)
    try:
        found = digits.read(written).lstrip("+0")
    except NoNumber:
        return False
    in_full = any(each == f"+{found}" for each in _twins(number))
    return in_full or (len(found) >= FEWEST and number.endswith(found))


@lru_cache(maxsize=5_000)
def _folded(raw: str) -> str:
    try:
        found = digits.read(raw)
    except NoNumber:
        return digits.tidied(raw).casefold()
    if len(found) <= recipients.LEAST_PLAIN:
        return found
    plain, *_ = *_twins("+" + found.removeprefix("+")), found
    return plain.removeprefix("+")


def could_match(raw: str) -> bool:
    """Whether any sender could be called so: a number, a short code, a name or a mail address."""
    try:
        return 3 <= len(digits.read(raw)) <= LONGEST_CODE
    except NoNumber:
        return _could_be_name(digits.tidied(raw))


def _could_be_name(name: str) -> bool:
    if name.casefold() in _NOTHING:
        return False
    if _ADDRESS.fullmatch(name):
        return len(name) <= LONGEST_ADDRESS
    return len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None
