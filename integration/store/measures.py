"""Measures: what `/metrics` counts and times, of all processes together.

What must be exact is counted by the script that makes it true: `field` names what it counts.
All else a process collects here, and stores it once a second (measuring.py). That costs no caller
a round trip. A process that is killed takes a second of it along.
"""

import os
from collections import deque
from dataclasses import dataclass

BOUNDS = (
    *(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 21600.0),
)
"""Upper ends of the buckets, in seconds; they stand in the store, so new ones may be added."""
INFINITE, SUM = "+Inf", "sum"
MOST_WAITING = 50_000
"""Observations that a process keeps while the store is away; beyond it, the oldest go."""


@dataclass(frozen=True)
class Measure:
    """A counter, or with `timed` a histogram of seconds. `labels` name what it is counted by."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    timed: bool = False

    def field(self, *values: str, part: str = "") -> str:
        """Its field in the store."""
        return f"{self.name} {','.join(values)} {part}".rstrip()


BY_KIND = ("provider", "action")
ACCEPTED = Measure("jobs_accepted", "Jobs that were accepted.", BY_KIND)
ENDED = {
    "sent": Measure("jobs_sent", "Jobs that their provider took.", BY_KIND),
    "delivered": Measure("jobs_delivered", "Sent jobs that their provider delivered.", BY_KIND),
    "failed": Measure("jobs_failed", "Jobs that failed, also after they were sent.", BY_KIND),
    "unknown": Measure("jobs_unknown", "Jobs whose outcome nobody knows.", BY_KIND),
    "cancelled": Measure("jobs_cancelled", "Jobs that were cancelled.", BY_KIND),
}
DELIVERIES = (
    Measure("deliveries_made", "Deliveries that their target took."),
    Measure("deliveries_retried", "Attempts that failed and are made again."),
    Measure("deliveries_postponed", "Attempts that a busy target or a locked hook let wait."),
    Measure("deliveries_dead", "Deliveries that are tried no more."),
)
LIMIT_WAITS = Measure(
    "limit_waits", "Calls that waited for the provider's rate limit.", ("provider",)
)
REFUSED_WEBHOOKS = Measure(
    "webhooks_refused", "Webhooks whose signature was missing or wrong.", ("provider",)
)
LARGE_WEBHOOKS = Measure(
    "webhooks_too_large", "Webhooks beyond the size that their provider may send.", ("provider",)
)
CALLS = Measure(
    "provider_call", "Calls to providers, by their result.", ("provider", "result"), True
)
MEDIA = Measure(
    "media_fetched", "Fetches of received files, by their result.", ("provider", "result"), True
)
ACCEPT_TO_SENT = Measure(
    "accept_to_sent", "From a job's acceptance or its time to the provider's yes.", BY_KIND, True
)
ARRIVAL_TO_HOOK = Measure(
    "arrival_to_hook", "From an event's commit to the target's yes.", (), True
)
STORE_TRIPS = Measure("store_trip", "Round trips to the store.", (), True)
EVERY = (
    *(ACCEPTED, *ENDED.values(), *DELIVERIES, LIMIT_WAITS, REFUSED_WEBHOOKS, LARGE_WEBHOOKS),
    *(CALLS, MEDIA, ACCEPT_TO_SENT, ARRIVAL_TO_HOOK, STORE_TRIPS),
)
AWAY_MS, SEEN = "store_away_ms", "seen"
"""Fields of measure.lua."""
waiting: deque[tuple[str, int | float]] = deque(maxlen=MOST_WAITING)
"""Fields with counts (int), and names of histograms with seconds (float)."""
# A forked process has counted nothing itself.
os.register_at_fork(after_in_child=waiting.clear)


def ended(status: str, provider: str, action: str) -> str:
    """The field of a job that ended so, "" for one that goes on."""
    return ENDED[status].field(provider, action) if status in ENDED else ""


def count(measure: Measure, *values: str) -> None:
    """Add one."""
    waiting.append((measure.field(*values), 1))


def observe(measure: Measure, seconds: float, *values: str) -> None:
    """Add a duration."""
    waiting.append((measure.field(*values), max(0.0, float(seconds))))
