"""Make's names for things: sentence case, "Watch …" for triggers, ids in camelCase."""

import hashlib
import re

from integration.kernel.specs import Action, Search, Trigger
from platforms._shared_words import sentence, small

LONGEST_MODULE = 48
"""Characters; Make accepts no longer id, and for a webhook 35."""
SPOKEN_WITH_A_VOWEL = "AEFHILMNORSX"
VOWELS = "aeiou"
JOINER = "\u2060"


def watch(trigger: Trigger) -> str:
    """Returns 'Watch new conversations' for 'New Conversation'."""
    words = [small(word) for word in trigger.label.split(" ")]
    noun = trigger.noun.split(" ")[-1].casefold()
    if words[-1].endswith("ed") and words[-1] != noun:
        words = [words[-1], *words[:-1]]
    if words[-1].casefold() == noun:
        words = [*words[:-1], plural(words[-1])]
    return " ".join(["Watch", *words])


def do(spec: Action | Search) -> str:
    """Returns 'Send an SMS' for 'Send SMS' and 'Search contacts' for 'Find Contact'."""
    verb, _, rest = spec.label.partition(" ")
    if rest != spec.noun:
        return sentence(spec.label)
    noun = " ".join(map(small, rest.split(" ")))
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
    """Returns watchInboundSms for `watch`, `inbound_sms`; a longer name ends in a hash of the
    whole."""
    first, *others = [part for word in words for part in word.split("_")]
    name = "".join([first, *(part.capitalize() for part in others)])
    if len(name) <= longest:
        return name
    return name[: longest - 8] + hashlib.sha256(name.encode()).hexdigest()[:8]


def kebab(identifier: str) -> str:
    """Returns an id as Make's own editor writes it in file names."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", identifier).lower()


def shown(text: str) -> str:
    """Returns a text that Make shows unchanged, since no braces in it form an expression.

    Make documents no escape for braces in a label or help text. A character without width separates
    them.
    """
    return re.sub(r"(?<=\{)(?=\{)|(?<=\})(?=\})", JOINER, text)
