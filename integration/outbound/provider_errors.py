"""Reads the parts of a provider's refusal: what of its sentence is shown, with secrets, numbers and
texts masked, and how long to wait."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from difflib import SequenceMatcher
from email.utils import parsedate_to_datetime
from typing import Any

from integration.store.clock import wall_ms

WAITS = ("retry-after", "ratelimit-reset", "x-ratelimit-reset")
"""The headers that say how long to wait, the surest one first."""
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 3600.0
_EPOCH, _EPOCH_MS = 1e9, 1e11
"""Above these a RateLimit-Reset is a point in time, in seconds or milliseconds, and no duration."""

_SECONDS = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*s?\s*(?:,.*)?", re.ASCII)
_TEXTS = frozenset(
    (
        *("message", "text", "body", "content", "first_name", "last_name"),
        *("media_url", "mediaurl", "media_urls"),
        *("secret", "signing_key", "signing_secret", "signingsecret"),
    )
)
_PLAIN_HEADERS = frozenset({"accept", "content-type"})
LONGEST_SENTENCE = 200
MASK = "***"
_NUMBER = re.compile(r"(?<!\w)\(?\+?\d[\d\s()./-]{5,}\d(?!\w)")
# A provider may quote the start of a key or a text; a shorter match is chance.
_SHARED = 10


def masker(
    headers: Mapping[str, str], params: Mapping[str, Any] | None, json: Any, *more: str
) -> Callable[[str], str]:
    """What takes out of a sentence whatever this call carried that is nobody's business. `more` are
    further secrets."""
    values = [value for name, value in headers.items() if name.lower() not in _PLAIN_HEADERS]
    # "Bearer KEY": the scheme is no secret, and a masked word would only puzzle.
    secrets = [value.split(" ", 1)[-1] for value in values]
    texts = private_values([dict(params or {}), json], _TEXTS)
    return lambda sentence: masked(sentence, [*secrets, *texts, *more])


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the provider asks us to wait, from 1 to 3600; None where it does not say."""
    named = (duration(headers.get(name, "")) for name in WAITS)
    seconds = next((each for each in named if each is not None), None)
    return None if seconds is None else min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)


def duration(text: str) -> float | None:
    """Seconds from now that a header names; None for anything that names no time.

    RFC 9110 has whole seconds and a date. Services of public bug reports add a fraction, a
    unit `s`, a Unix time, a time of RFC 3339, and what a proxy doubled.
    """
    found = _SECONDS.fullmatch(text)
    if not found:
        return _until(text)
    number = float(found[1])
    if number > _EPOCH_MS:
        number /= 1000
    if number == math.inf:
        return None
    return number - wall_ms() / 1000 if number > _EPOCH else number


def _until(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.timestamp() - wall_ms() / 1000
    except (ValueError, TypeError, OverflowError):
        # A year of twenty digits overflows; what is raised here would end a whole drain.
        return None


def masked(sentence: str, private: Iterable[str]) -> str:
    """Returns the sentence on one line, without `private` values, parts of them, or phone numbers.

    `private` are credentials, message texts and names that the call carried. Every phone number
    goes: a provider often writes the number in a form of its own.
    """
    line = " ".join(sentence[: LONGEST_SENTENCE * 3].split())
    values = sorted({" ".join(each.split()) for each in private} - {""}, key=len)[::-1]
    # First whole ones: a part of one may be a part of another as well.
    for value in values:
        line = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, line, flags=re.IGNORECASE)
    for value in values:
        line = _without_parts(line, value)
    line = _NUMBER.sub(MASK, line)
    return line if len(line) <= LONGEST_SENTENCE else line[: LONGEST_SENTENCE - 1] + "…"


def private_values(value: object, names: frozenset[str]) -> list[str]:
    """Returns the texts under any of `names` (lower case) anywhere in a JSON body."""
    if isinstance(value, list):
        return [text for each in value for text in private_values(each, names)]
    if not isinstance(value, dict):
        return []
    named = [each for key, each in value.items() if str(key).lower() in names]
    found = [text for each in named for text in _all(each)]
    return found + [text for each in value.values() for text in private_values(each, names)]


def _all(value: object) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value]) if each]


def _without_parts(line: str, value: str) -> str:
    while True:
        # Lower case changes the length of some letters; the positions would then not match.
        low = line.lower() if len(line.lower()) == len(line) else line
        match = SequenceMatcher(None, low, value.lower(), autojunk=False).find_longest_match()
        if match.size < _SHARED:
            return line
        line = line[: match.a] + MASK + line[match.a + match.size :]
