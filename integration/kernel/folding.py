"""Folding: when two spellings of a text are one text, for channels that tidy what they carry.

Nothing here may change with a setting, a library or a release: what was folded years ago must
still be found. So the white space is named, and no other property of Unicode is asked for.
"""

from __future__ import annotations

import re
import unicodedata

BLANK = re.compile(
    "[\t\n\x0b\x0c\r\x1c-\x1f \x85\xa0\u1680\u180e\u2000-\u200b"
    "\u2028\u2029\u202f\u205f\u3000\ufeff]+"
)
"""White space, line ends of every system, and the two marks of no width that editors leave."""


def folded(text: str) -> str:
    """The text without white space at its ends, each run of white space within as one space, and
    composed (NFC).

    Gateways trim a text and its lines, turn CRLF into LF and compose letters. They change no word
    by that.
    """
    # The composing comes first: it turns two marks of ours (U+2000, U+2001) into others of ours.
    return BLANK.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")
