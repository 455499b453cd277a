"""Plain letters: writes a text with characters that cost less on phone networks.

One character outside GSM-7 makes a whole text UCS-2, with 70 characters to a part and not 160.
Only punctuation and spaces are changed, as PLAIN lists them. A letter with an accent stays, since
the plain one could make a different word. Addresses and codes stay as they are.
"""

import re

from integration.kernel.segments import ALPHABET

PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008", " "),
    **dict.fromkeys("\u2009\u200a", " "),
    **dict.fromkeys("\u202f\u205f\u3000\t", " "),
    **dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""),
    **dict.fromkeys("\u2022\u2023\u25cf\u25aa", "*"),
    "\u2026": "...",
    "\u2039": "<",
    "\u203a": ">",
    "\u2044": "/",
    "\u2028": "\n",
}
"""What is written for what. `\u200d` (it joins emoji), `\u200c` (Persian words need it) and
`\u00b7` (a part of Catalan words) are not among them."""
_TABLE = str.maketrans(PLAIN)
_PIECE = re.compile(r"\S+|\s+")
_ADDRESS = re.compile(r"://|^www\.|@|^[\w.-]+\.[a-z]{2,}/", re.IGNORECASE)
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])")


def folded(text: str) -> str:
    """The text in plain letters. A word that is an address, or mixes letters and digits, stays."""
    pieces = _PIECE.findall(text)
    return "".join(each if _stays(each) else each.translate(_TABLE) for each in pieces)


def costly(text: str) -> str:
    """The characters of a text that are outside GSM-7, each once, in their order."""
    return "".join(dict.fromkeys(each for each in text if each not in ALPHABET))


def _stays(piece: str) -> bool:
    return bool(_ADDRESS.search(piece) or _CODE.search(piece))
