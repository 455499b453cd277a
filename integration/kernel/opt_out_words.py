"""Opt-out words: whole messages by which a person asks for no more texts, or for texts again.

The English words are those that carriers in the United States make senders honour (CTIA, FCC
64.1200(a)(10)), and those of gateways there. The others are the usual ones of each language. Those
that are ordinary words of another language as well hold only where theirs is spoken: RED may
answer which colour somebody likes.
"""

import unicodedata
from collections.abc import Collection, Mapping
from typing import Literal

Word = Literal["stop", "start", "help", "yes", ""]
LONGEST = 40
"""Characters; a longer message is no word."""
STOP: Mapping[str, Collection[str]] = {
    "English": ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
    "Spanish": ("ALTO", "BAJA", "PARAR", "CANCELAR"),
    "French": ("ARRÊT", "ARRÊTER", "DÉSABONNER", "DÉSINSCRIRE"),
    "German": ("STOPP", "ABMELDEN", "ABBESTELLEN", "AUSTRAGEN"),
    "Portuguese": ("SAIR", "DESCADASTRAR", "REMOVER"),
    "Italian": ("FERMA", "DISISCRIVI", "ANNULLA"),
    "Dutch": ("STOPPEN", "AFMELDEN", "UITSCHRIJVEN"),
    "Polish": ("WYPISZ", "REZYGNUJĘ"),
    "Turkish": ("DUR", "İPTAL", "RED", "ÇIK"),
    "Indonesian": ("BERHENTI", "UNREG"),
    "Russian": ("СТОП", "ОТПИСАТЬСЯ"),
    "Arabic": ("إيقاف", "توقف", "إلغاء"),
}
"""By language; the whole message, whatever its case, accents, spaces and punctuation."""
SPOKEN: Mapping[str, Collection[str]] = {
    "Spanish": (
        *("+1", "+34", "+51", "+52", "+53", "+54", "+56", "+57", "+58", "+240", "+502", "+503"),
        *("+504", "+505", "+506", "+507", "+591", "+593", "+595", "+598"),
    ),
    "Turkish": ("+90", "+357"),
}
"""Country codes of where a language is spoken. Spanish is in the United States, too."""
NARROW: Mapping[str, Collection[str]] = {"Spanish": ("ALTO", "BAJA"), "Turkish": ("DUR", "RED")}
"""Words of STOP that hold for numbers of SPOKEN alone."""
START = ("START", "UNSTOP")
YES = ("YES",)
"""Counts as START from somebody who has opted out, and else as an ordinary answer."""
HELP = ("HELP",)
_ALIKE = {ord("\u0131"): "i", ord("\u0640"): ""}
"""The small letter of the Turkish I, which has no dot; and the stroke that draws an Arabic word
out."""


def folded(text: str) -> str:
    """A text as words are compared: letters and digits alone, without accents, in lower case."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(each for each in plain.translate(_ALIKE) if each.isalnum())


def _every(words: Collection[str]) -> frozenset[str]:
    return frozenset(folded(each) for each in words)


_STOP = _every([word for words in STOP.values() for word in words])
_WHERE = {folded(each): tuple(SPOKEN[name]) for name, some in NARROW.items() for each in some}
_START, _YES, _HELP = _every(START), _every(YES), _every(HELP)


def word_of(text: str, stop: Collection[str] = (), numbers: Collection[str] | None = None) -> Word:
    """What a message says as a whole, "" for all else. `stop` are the workspace's own words, which
    take the place of the usual ones where there are any. A word of NARROW counts where
    one of `numbers`, the person's and ours, is of its SPOKEN; without them it may count."""
    if len(text) > LONGEST:
        return ""
    said = folded(text)
    if said in _every(stop) if stop else _usual(said, numbers):
        return "stop"
    found: Word = "start" if said in _START else "yes" if said in _YES else ""
    return found or ("help" if said in _HELP else "")


def _usual(said: str, numbers: Collection[str] | None) -> bool:
    if said not in _WHERE or numbers is None:
        return said in _STOP
    return any(each.startswith(_WHERE[said]) for each in numbers)
