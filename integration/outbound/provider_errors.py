"""Reads the parts of a provider's refusal: what of its sentence is shown, and how long to wait."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from integration.kernel.masking import masked, private_values
from integration.store.clock import wall_ms

SHORTEST_WAIT, LONGEST_WAIT = 1.0, 3600.0
_EPOCH, _EPOCH_MS = 1e9, 1e11
"""Above these a RateLimit-Reset is a point in time, in seconds or milliseconds, and no duration."""

_SECONDS = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*s?\s*(?:,.*)?", re.ASCII)
_TEXTS = frozenset({"message", "text", "body", "first_name", "last_name", "media_url"})
_PLAIN_HEADERS = frozenset({"accept", "content-type"})


def masker(
    headers: Mapping[str, str], params: Mapping[str, Any] | None, json: Any
) -> Callable[[str], str]:
    """What takes out of a sentence whatever this call carried that is nobody's business."""
    values = [value for name, value in headers.items() if name.lower() not in _PLAIN_HEADERS]
    # "Bearer KEY": the scheme is no secret, and a masked word would only puzzle.
    secrets = [value.split(" ", 1)[-1] for value in values]
    texts = private_values([dict(params or {}), json], _TEXTS)
    return lambda sentence: masked(sentence, [*secrets, *texts])


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the provider asks us to wait, from 1 to 3600; None where it does not say."""
    seconds = duration(headers.get("retry-after", ""))
    if seconds is None:
        seconds = duration(headers.get("ratelimit-reset", ""))
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
