"""The retry schedule of jobs: when an unavailable provider is tried again, when a lost answer is
looked up, and when neither is any more."""

import random

DELAYS = (1, 2, 5, 10, 30, 60, 120, 300)
"""Seconds between attempts while the provider is unavailable; the last one repeats."""
JITTER = 0.1
SILENT_MS, GIVE_UP_MS = 6 * 3_600_000, 86_400_000
"""A message is given up after so long a silence of its provider, or after so long in all. A stated
wait only delays it, however long."""
FIRST_LOOK_MS, LONGEST_LOOK_MS, LAST_LOOK_MS = 2_000, 900_000, 86_400_000
"""Pauses between look-ups of a lost answer, and when the last one comes."""


def pause(tries: int, retry_after: float | None) -> float:
    """Seconds until the next attempt, after `tries` earlier ones that found the provider
    unavailable; a provider that states a wait gets it."""
    if retry_after:
        return retry_after
    return DELAYS[min(tries, len(DELAYS) - 1)] * random.uniform(1 - JITTER, 1 + JITTER)


def is_over(tried_ms: int, silent_ms: int) -> str:
    """After what a message is given up that was first tried so long ago, "" where it is not yet.

    Each answer of the provider begins its six hours again. So texts that wait behind a long silence
    go out when it ends, and no short one behind it ends them.
    """
    if min(tried_ms, silent_ms) > SILENT_MS:
        return "six hours without an answer"
    return "a day" if tried_ms > GIVE_UP_MS else ""


def next_look(ends_ms: int, now: int, proves_ms: float) -> int:
    """When a call that ended at `ends_ms`, whose answer was lost, is looked up again.

    Each pause is twice the call's age: an account with many of them must still have calls to send
    with. The first look-up that can prove an absence, at `proves_ms`, is never passed over.
    """
    pause = min(max(2 * (now - ends_ms), FIRST_LOOK_MS), LONGEST_LOOK_MS)
    return min(now + pause, int(proves_ms) + 1) if proves_ms > now else now + pause
