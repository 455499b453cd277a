"""The retry schedule of deliveries: what an attempt's outcome means for the next one.

What they mean for the hook itself is in record_ended.lua.
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from integration.store.clock import wall_ms

DELAYS = (5, 30, 120, 600, 1800, 7200, 21600, 43200, 86400)
"""Seconds after the first, second, … failed attempt; after the tenth the delivery is dead."""
JITTER = 0.1
LONGEST_WAIT = 86_400
"""Seconds; a target that asks for more gets this."""

_SECONDS = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*s?\s*(?:,.*)?", re.ASCII)

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
    """Retry-After as seconds from now; None where it is missing or makes no sense.

    Read beside RFC 9110's two forms: a fraction, a unit `s`, a header that a proxy doubled, a Unix
    time, and RFC 3339. Targets of public bug reports write all of these.
    """
    if not retry_after:
        return None
    found = _SECONDS.fullmatch(retry_after)
    if not found:
        return _until(retry_after)
    number, now = float(found[1]), wall_ms() / 1000
    if not math.isfinite(number):
        return None
    return max(0.0, number - now) if abs(number - now) < LONGEST_WAIT else number


def _until(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, aware.timestamp() - wall_ms() / 1000)
    except (ValueError, OverflowError):
        # A year of twenty digits overflows; what is raised here would end the whole drain.
        return None
