"""How Make wants things named: sentence case, "Watch …" for triggers, ids in camelCase."""

from __future__ import annotations

import hashlib
import re

from integration.kernel.specs import Action, Search, Trigger

LONGEST_MODULE = 48
LONGEST_WEBHOOK = 35
"""Characters of an id; Make takes no longer ones."""
SPOKEN_WITH_A_VOWEL = "AEFHILMNORSX"
VOWELS = "aeiou"
JOINER = "\u2060"


def sentence(label: str) -> str:
    """'Sender ID' stays, 'First Name' becomes 'First name'."""
    first, *others = label.split(" ")
    return " ".join([first, *map(_small, others)])


def _small(word: str) -> str:
    """In small letters, unless its capitals mean something, as those of SMS do."""
    return word.lower() if word[1:] == word[1:].lower() else word


def watch(trigger: Trigger) -> str:
    """'Watch new conversations' for 'New Conversation', as Make has it: what is new in front."""
    words = [_small(word) for word in trigger.label.split(" ")]
    noun = trigger.noun.split(" ")[-1].casefold()
    if words[-1].endswith("ed") and words[-1] != noun:
        words = [words[-1], *words[:-1]]
    if words[-1].casefold() == noun:
        words = [*words[:-1], plural(words[-1])]
    return " ".join(["Watch", *words])


def do(spec: Action | Search) -> str:
    """'Send an SMS' for 'Send SMS', 'Search contacts' for 'Find Contact'."""
    verb, _, rest = spec.label.partition(" ")
    if rest != spec.noun:
        return sentence(spec.label)
    noun = " ".join(map(_small, rest.split(" ")))
    if verb == "Find":
        return f"Search {plural(noun)}"
    return f"{verb} {_article(noun)} {noun}"


def plural(noun: str) -> str:
    if noun[-2:].isupper() or re.search(r"[^aisu]s$", noun) or noun.endswith("es"):
        return noun
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return f"{noun}es"
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def _article(noun: str) -> str:
    spoken = SPOKEN_WITH_A_VOWEL if noun[:2].isupper() else VOWELS
    return "an" if noun[0] in spoken else "a"


def identifier(*words: str, longest: int = LONGEST_MODULE) -> str:
    """`watch`, `inbound_sms` as watchInboundSms; a longer one ends in a hash of its whole."""
    first, *others = [part for word in words for part in word.split("_")]
    name = "".join([first, *(part.capitalize() for part in others)])
    if len(name) <= longest:
        return name
    return name[: longest - 8] + hashlib.sha256(name.encode()).hexdigest()[:8]


def kebab(identifier: str) -> str:
    """An id as its files are named, by the rule of Make's own editor."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", identifier).lower()


def shown(text: str) -> str:
    """A text of the catalog that stays as it reads: braces in it are no expression of Make's.

    Nothing says how braces are escaped in a label or help text, so a character without width
    parts them.
    """
    return re.sub(r"(?<=\{)(?=\{)|(?<=\})(?=\})", JOINER, text)
