"""Reads the parts of a provider's refusal: what of its sentence is shown, and how long to wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from integration.kernel.masking import masked, private_values
from integration.store.clock import wall_ms

SHORTEST_WAIT, LONGEST_WAIT = 1.0, 3600.0
_EPOCH, _EPOCH_MS = 1e9, 1e11
"""Above these a RateLimit-Reset is a point in time, in seconds or milliseconds, and no duration."""

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
    """Seconds from now that a header names as a number, a point in time or an HTTP date; None for
    anything else."""
    try:
        number = float(text)
    except ValueError:
        return _until(text)
    if number != number:
        return None
    if number > _EPOCH_MS:
        number /= 1000
    return number - wall_ms() / 1000 if number > _EPOCH else number


def _until(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp() - wall_ms() / 1000
    except (ValueError, TypeError, OverflowError):
        return None
