"""Recipients as they are: short codes and names, which are texted just as they are written."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from integration.kernel import digits, recipients, senders
from integration.kernel.fields import TRUE, PhoneList

FIELD = "as_is"
Kind = Literal["code", "name"]
SHORTEST, LONGEST_CODE, LONGEST_NAME = 3, 8, 11
WORDS: dict[Kind, str] = {"code": "a short code", "name": "a name"}
_CODE_SHAPE = f"[0-9]{{{SHORTEST},{LONGEST_CODE}}}"
_NAME_SHAPE = f"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 ._&-]{{{SHORTEST - 1},{LONGEST_NAME - 1}}}"
SHAPE = f"^{_CODE_SHAPE}$|^{_NAME_SHAPE}$"
"""A regular expression of both, which JSON Schema reads as well."""
_CODE, _NAME = re.compile(_CODE_SHAPE), re.compile(_NAME_SHAPE)
_FLOAT = re.compile(r"([0-9]+)\.0+")
"""How some platforms write a whole number."""
_AROUND = " \t'\"`"


def kind(recipient: str) -> Kind | None:
    """What a recipient is beside a full number; None for a full number and for anything else."""
    if _CODE.fullmatch(recipient):
        return "code"
    return "name" if _NAME.fullmatch(recipient) else None


def kinds(values: Mapping[str, Any]) -> dict[str, Kind]:
    """The recipients of a call that are no full numbers, and what each of them is."""
    given = values.get("phone") or ()
    found = {each: kind(each) for each in ([given] if isinstance(given, str) else given)}
    return {each: what for each, what in found.items() if what}


def several(given: Sequence[str], region: str | None) -> tuple[list[str], list[str]]:
    """The distinct recipients among these, and a sentence for each one that is refused. Full
    numbers are read as ever."""
    found: dict[str, None] = {}
    wrong = []
    for place, text in enumerate(given, 1):
        try:
            found[_read(text, region)] = None
        except ValueError:
            start = f"Entry {place}: " if len(given) > 1 else ""
            wrong.append(f"{start}{digits.quoted(text)} {_SHAPES}")
    return list(found), wrong


def _read(text: str, region: str | None) -> str:
    line = digits.tidied(text).strip(_AROUND)
    whole = _FLOAT.fullmatch(line)
    line = whole[1] if whole else line
    return line if kind(line) else recipients.read(text, region)


def _numbers(given: Sequence[str], region: str | None) -> tuple[list[str], list[str]]:
    """Full numbers alone; where a short code or a name is among them, the refusal says how it is
    texted. An 8-digit one may well be a national number."""
    found, wrong = recipients.several(given, region)
    short = any(kind(line) and not senders.is_number(line) for line in map(digits.tidied, given))
    return found, [f"{line}{_HINT}" for line in wrong] if short else wrong


_HINT = " A short code or a name needs as_is: true."
_SHAPES = (
    f"is no recipient as it is: a short code has {SHORTEST} to {LONGEST_CODE} digits, a name"
    f" {SHORTEST} to {LONGEST_NAME} letters and digits with at least one letter, and a full number"
    " begins with + and its country code."
)


class Recipients(PhoneList):
    """A list of numbers in E.164; where the call says `as_is`, of short codes and names as well."""

    def _deserialize(self, value: Any, *place: Any, **__: Any) -> Any:
        _, data = place
        said = data.get(FIELD) if isinstance(data, dict) else None
        region = getattr(self.root, "region", None)
        read = several if str(said).strip().casefold() in TRUE else _numbers
        return self.several(value, lambda given: read(given, region))
