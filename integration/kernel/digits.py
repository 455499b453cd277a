"""Digits: the number in what somebody typed, pasted or exported, where only one can be meant."""

import json
import re
import unicodedata
from typing import Any, Self

FEWEST, MOST = 8, 15  # digits of a number with a country code; ITU-T E.164 sets 15
E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_BETWEEN = re.compile(r"[\s\-.()\[\]/]+")
_AROUND = " \t\r\n\f\v'\"`-"
_SCHEME = re.compile(r"(?:tel|sms|callto):(?://)?", re.IGNORECASE)
_FLOAT = re.compile(r"(\+?[0-9]{7,})\.([0-9]{1,2})")
_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?")
_SHORTENED = re.compile(r"\+?[0-9]+(?:[.,][0-9]*)?E\+?[0-9]+", re.IGNORECASE)
_CHOICE = re.compile(r"[^/]*/\D*(?:[0-9]\D*){1,4}")
_SEPARATORS = re.compile(r"[,;\r\n\v\f\x85\u2028\u2029\uff0c\uff1b\u3001\u060c\u061b]+")
_QUOTES = {**dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032\u00b4", "'")}
_QUOTES |= dict.fromkeys("\u201c\u201d\u201e", '"')
# Of other categories than the format characters, and just as invisible.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_SHOWN = 24
"""Characters of a refused number that its error names; longer text may be a message."""


class SpelledFloat(float):
    """A JSON number that remembers how it was written: `4.479E+11` has lost digits that its value
    no longer shows."""

    spelled: str

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.spelled = text
        return made


class NoNumber(ValueError):
    """Raised with a reason that completes the sentence '"…" …'; `quoted` writes its start."""


def quoted(text: str) -> str:
    """What was given, as an error sentence names it."""
    line = " ".join(tidied(text).split())
    return f'"{line if len(line) <= _SHOWN else line[:_SHOWN] + "…"}"'


def entries(value: Any) -> list[str]:
    """The members of a list, in any form that platforms give it; blanks and null are left out."""
    given = _array(value) if isinstance(value, str) else value
    values = given if isinstance(given, list) else [given]
    parts = [part for each in values for part in _SEPARATORS.split(_spelled(each))]
    return [part for part in parts if tidied(part).casefold() not in ("", "null")]


def _spelled(value: Any) -> str:
    """A JSON value digit by digit, as it was written."""
    if isinstance(value, float):
        return getattr(value, "spelled", None) or repr(value)
    return value if isinstance(value, str) else json.dumps(value)


def _array(text: str) -> Any:
    if not text.lstrip().startswith("["):
        return text
    try:
        return json.loads(text, parse_float=SpelledFloat)
    except (ValueError, RecursionError):
        return text


def tidied(text: str) -> str:
    """`text` without invisible characters, its digits and marks in ASCII."""
    return (text if text.isascii() else "".join(map(_in_ascii, text))).strip()


def visible(text: str) -> bool:
    """Whether a character of it shows; one that joins others or chooses their form does not."""
    return "!" <= text[:1] <= "~" or any(
        unicodedata.category(each) != "Cc" and _in_ascii(each).strip() for each in text
    )


def _in_ascii(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cf" or letter in _BLANKS or "\ufe00" <= letter <= "\ufe0f":
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if kind == "Pd" or letter in "\u2212\u2043":
        return "-"
    if letter.isspace():
        return " "
    if "\uff01" <= letter <= "\uff5e":  # the full-width forms of ASCII
        return chr(ord(letter) - 0xFEE0)
    return _QUOTES.get(letter, letter)


def read(text: str) -> str:
    """The digits of one number, after a `+` where it has one (or `00`). Raises NoNumber."""
    line = tidied(text)
    if _NEGATIVE.fullmatch(line):
        raise NoNumber("is below zero; give a phone number.")
    line = line.strip(_AROUND)
    line = _SCHEME.sub("", line, count=1).strip(_AROUND) if _SCHEME.match(line) else line
    if _SHORTENED.fullmatch(line):
        raise NoNumber(
            "was shortened by a spreadsheet; format its column as text and give all digits."
        )
    decimal = _FLOAT.fullmatch(line)
    if decimal and decimal[2].strip("0"):
        raise NoNumber("is a broken number; give a phone number.")
    digits = _BETWEEN.sub("", decimal[1] if decimal else line)
    _check(digits, line)
    return "+" + digits[2:] if digits.startswith("00") else digits


def _check(digits: str, line: str) -> None:
    if any(letter.isalpha() for letter in digits):
        raise NoNumber("has letters in it; write the number in digits, without an extension.")
    if not digits or not digits.isascii() or not digits.removeprefix("+").isdecimal():
        raise NoNumber("is not a phone number; write one in digits, such as +14155550123.")
    if digits[0] in "+0" and line.count("/") == 1 and _CHOICE.fullmatch(line):
        raise NoNumber("looks like two numbers; give each number in full.")
