"""Counts the parts of a text on the phone network: price and length limit depend on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GSM_7, UCS_2 = "GSM-7", "UCS-2"

# 3GPP TS 23.038, the default alphabet and its extension. Both lack the small c with cedilla and the
# backtick, so one of these turns a whole text into UCS-2.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
ALPHABET = BASIC | EXTENSION

# Units in a text that fits one part, and in each part of a longer one (3GPP TS 23.040).
ROOM = {GSM_7: (160, 153), UCS_2: (70, 67)}


@dataclass(frozen=True, kw_only=True)
class Segments:
    """`units` are septets in GSM-7 (an extension character takes two), UTF-16 units in UCS-2."""

    encoding: str
    units: int
    parts: int


def segments(text: str) -> Segments:
    """The parts that a phone network bills for this text; an empty text is one part."""
    letters = set(text)
    encoding = GSM_7 if letters <= ALPHABET else UCS_2
    whole, each = ROOM[encoding]
    if letters <= BASIC and len(text) <= whole:
        return Segments(encoding=encoding, units=len(text), parts=1)
    widths = [_width(character, encoding) for character in text]
    parts = 1 if sum(widths) <= whole else _parts(widths, each)
    return Segments(encoding=encoding, units=sum(widths), parts=parts)


def _width(character: str, encoding: str) -> int:
    if encoding == GSM_7:
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def _parts(widths: Sequence[int], room: int) -> int:
    """Fills part after part and splits no escape and no surrogate pair, which would arrive
    damaged."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
