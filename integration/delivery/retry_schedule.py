"""The retry schedule of deliveries: what an attempt's outcome means for the next one.

What they mean for the hook itself is in record_ended.lua.
"""

import random
from dataclasses import dataclass

from integration.outbound.provider_errors import duration

DELAYS = (5, 30, 120, 600, 1800, 7200, 21600, 43200, 86400)
"""Seconds after the first, second, … failed attempt; after the tenth the delivery is dead."""
JITTER = 0.1
LONGEST_WAIT = 86_400
"""Seconds; a target that asks for more gets this."""

DELIVERED, QUEUED, DEAD = "delivered", "queued", "dead"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`delay` is in seconds from now, for QUEUED; `gone` says that the hook is to be removed.

    `asked` is how many seconds a busy target wants to be left alone, -1 where it names none. A
    target that is not busy has None here. A busy one's attempt uses up no try, and its delay is the
    hook's.
    """

    status: str
    delay: float = 0.0
    gone: bool = False
    asked: float | None = None


def judge(tries: int, status: int, retry_after: str | None) -> Verdict:
    """What follows from attempt number `tries` (1 for the first); status 0 is no answer.

    A redirect counts as a failure: a target that moved must be subscribed again, since
    following it could lead anywhere.
    """
    if 200 <= status < 300:
        return Verdict(status=DELIVERED)
    if status == 410:
        return Verdict(status=DEAD, gone=True)
    asked = seconds_of(retry_after)
    if status == 429 or (status == 503 and asked is not None):
        return Verdict(status=QUEUED, asked=-1.0 if asked is None else min(asked, LONGEST_WAIT))
    if tries > len(DELAYS):
        return Verdict(status=DEAD)
    delay = DELAYS[tries - 1]
    return Verdict(status=QUEUED, delay=delay * random.uniform(1 - JITTER, 1 + JITTER))


def seconds_of(retry_after: str | None) -> float | None:
    """Retry-After as seconds from now; None where it is missing or makes no sense."""
    found = duration(retry_after or "")
    return None if found is None else max(0.0, found)
