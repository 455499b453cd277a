"""Folding: when two spellings of a text are one text, for channels that tidy what they carry.

Nothing here may change with a setting, a library or a release: what was folded years ago must
still be found. So the white space is named, and no other property of Unicode is asked for.
"""

import re
import unicodedata
from difflib import SequenceMatcher

BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""White space, line ends of every system, and the two marks of no width that editors leave."""
BLANK = re.compile(f"[{BLANKS}]+")


def folded(text: str) -> str:
    """The text without white space at its ends, each run of white space within as one space, and
    composed (NFC).

    Gateways trim a text and its lines, turn CRLF into LF and compose letters. They change no word
    by that.
    """
    # The composing comes first: it turns two marks of ours (U+2000, U+2001) into others of ours.
    return BLANK.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def tidied(text: str) -> str:
    """The text without white space at its ends, with line ends of one kind, and composed (NFC)."""
    lines = text if "\r" not in text else text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip(BLANKS)


def uncased(text: str) -> str:
    """A text as it is searched: composed, and without case. The Turkish I has a dot or none, so it
    counts as any other i."""
    lower = unicodedata.normalize("NFC", text).casefold()
    return lower.replace("i\u0307", "i").replace("\u0131", "i")


FEWEST_CUT = 10
"""Letters that what is left of a longer text has at least."""
LEAST_ALIKE = 0.8
_ASIDE = re.compile(r"[\W_]+")


def alike(one: str, other: str) -> bool:
    """Whether a gateway may have made one text of the other: cut it, put something before or behind
    it, or changed letters.

    Gateways change no digits: two texts that differ in a code or an amount are two texts.
    """
    if folded(one) == folded(other):
        return True
    short, long = sorted((_bare(one), _bare(other)), key=len)
    if not short or short == long or (len(short) >= FEWEST_CUT and short in long):
        return True
    if _digits(short) != _digits(long):
        return False
    match = SequenceMatcher(None, short, long, autojunk=False)
    return match.quick_ratio() >= LEAST_ALIKE and match.ratio() >= LEAST_ALIKE


def _bare(text: str) -> str:
    """Letters and digits alone, without case and accents."""
    return _ASIDE.sub("", unicodedata.normalize("NFKD", text).casefold())


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdecimal())
