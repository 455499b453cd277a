"""Counts the parts of a text on the phone network: price and length limit depend on them."""

from collections.abc import Sequence

# 3GPP TS 23.038, the default alphabet and its extension. Both lack the small c with cedilla and the
# backtick, so one of these turns a whole text into UCS-2.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
ALPHABET = BASIC | EXTENSION

# Units in a text that fits one part, and in each part of a longer one (3GPP TS 23.040).
GSM_7, UCS_2 = (160, 153), (70, 67)


def segments(text: str) -> int:
    """The parts that a phone network bills for this text; an empty text is one part.

    A unit is a septet in GSM-7, where an extension character takes two, or half of UTF-16's pair.
    """
    letters = set(text)
    plain = letters <= ALPHABET
    whole, each = GSM_7 if plain else UCS_2
    if letters <= BASIC and len(text) <= whole:
        return 1
    widths = [1 + (letter in EXTENSION if plain else letter > "\uffff") for letter in text]
    return 1 if sum(widths) <= whole else _parts(widths, each)


def _parts(widths: Sequence[int], room: int) -> int:
    """Fills part after part and splits no escape and no surrogate pair, which would arrive
    damaged."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
