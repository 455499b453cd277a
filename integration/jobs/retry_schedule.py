"""The retry schedule of jobs: when an unavailable provider is asked again, and when no more."""

from __future__ import annotations

import random

DELAYS = (1, 2, 5, 10, 30, 60, 120, 300)
"""Seconds between attempts while the provider is unavailable; the last one repeats."""
JITTER = 0.1
GIVE_UP_MS = 6 * 3_600_000
"""A message that could not be handed over for this long is no longer wanted."""


def pause(tries: int, retry_after: float | None) -> float:
    """Seconds until the next attempt, after `tries` earlier ones that found the provider
    unavailable; a provider that states a wait gets it."""
    if retry_after:
        return retry_after
    return DELAYS[min(tries, len(DELAYS) - 1)] * random.uniform(1 - JITTER, 1 + JITTER)


def is_over(first_ms: int, now: int, retry_after: float | None) -> bool:
    """Whether the job ends as failed. A stated wait only delays it, however long."""
    return retry_after is None and now - first_ms > GIVE_UP_MS
