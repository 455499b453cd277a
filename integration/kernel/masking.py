"""Masks secrets, numbers and texts in a provider's sentence before it is shown or logged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

LONGEST_SENTENCE = 200
MASK = "***"
_NUMBER = re.compile(r"(?<!\w)\(?\+?\d[\d\s()./-]{5,}\d(?!\w)")
# A provider may quote the start of a key or a text; a shorter match is chance.
_SHARED = 10


def masked(sentence: str, private: Iterable[str]) -> str:
    """Returns the sentence on one line, without `private` values, parts of them, or phone numbers.

    `private` are credentials, message texts and names that the call carried. Every phone number
    goes: a provider often writes the number in a form of its own.
    """
    line = " ".join(sentence[: LONGEST_SENTENCE * 3].split())
    for value in sorted({" ".join(each.split()) for each in private} - {""}, key=len)[::-1]:
        line = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, line, flags=re.IGNORECASE)
        line = _without_parts(line, value)
    line = _NUMBER.sub(MASK, line)
    return line if len(line) <= LONGEST_SENTENCE else line[: LONGEST_SENTENCE - 1] + "…"


def private_values(value: object, names: frozenset[str]) -> list[str]:
    """Returns the texts under any of `names` (lower case) anywhere in a JSON body."""
    if isinstance(value, list):
        return [text for each in value for text in private_values(each, names)]
    if not isinstance(value, dict):
        return []
    found = [str(each) for key, each in value.items() if str(key).lower() in names and each]
    return found + [text for each in value.values() for text in private_values(each, names)]


def _without_parts(line: str, value: str) -> str:
    while True:
        # Lower case changes the length of some letters; the positions would then not match.
        low = line.lower() if len(line.lower()) == len(line) else line
        match = SequenceMatcher(None, low, value.lower(), autojunk=False).find_longest_match()
        if match.size < _SHARED:
            return line
        line = line[: match.a] + MASK + line[match.a + match.size :]
