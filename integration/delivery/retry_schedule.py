"""The retry schedule of deliveries: what an attempt's outcome means for the next one.

What many failures mean for the hook itself is in record_ended.lua.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from integration.store.clock import wall_ms

DELAYS = (5, 30, 120, 600, 1800, 7200, 21600, 43200, 86400)
"""Seconds after the first, second, … failed attempt; after the tenth the delivery is dead."""
JITTER = 0.1
LONGEST_WAIT = 86_400
"""Seconds; a target that asks for more gets this."""

DELIVERED, QUEUED, DEAD = "delivered", "queued", "dead"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`delay` is in seconds from now, for QUEUED; `gone` says that the hook is to be removed."""

    status: str
    delay: float = 0.0
    gone: bool = False


def judge(tries: int, status: int, retry_after: str | None) -> Verdict:
    """What follows from attempt number `tries` (1 for the first); status 0 is no answer.

    A redirect counts as a failure: a target that moved must be subscribed again, since
    following it could lead anywhere.
    """
    if 200 <= status < 300:
        return Verdict(status=DELIVERED)
    if status == 410:
        return Verdict(status=DEAD, gone=True)
    if tries > len(DELAYS):
        return Verdict(status=DEAD)
    asked = seconds_of(retry_after) if status in (429, 503) else None
    if asked is not None:
        return Verdict(status=QUEUED, delay=min(max(asked, 1.0), LONGEST_WAIT))
    delay = DELAYS[tries - 1]
    return Verdict(status=QUEUED, delay=delay * random.uniform(1 - JITTER, 1 + JITTER))


def seconds_of(retry_after: str | None) -> float | None:
    """Retry-After as seconds from now; None where it is missing or makes no sense."""
    if not retry_after:
        return None
    try:
        number = float(retry_after)
    except ValueError:
        return _until(retry_after)
    return number if math.isfinite(number) and number >= 0 else None


def _until(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, aware.timestamp() - wall_ms() / 1000)
    except (ValueError, OverflowError):
        # A year of twenty digits overflows; what is raised here would end the whole drain.
        return None
