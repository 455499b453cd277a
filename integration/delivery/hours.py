"""Hours: how a hook's attempts of the last day ended; count_hours.lua counts them."""

from collections.abc import Mapping
from typing import Any

from integration.store import counters, lifetimes
from integration.store.clock import now_ms

KINDS = {"taken": "t", "failed": "f", "postponed": "b"}
"""What an attempt counts as, and the letter that its fields begin with."""
HOUR_MS = 3_600_000


def last_day(fields: Mapping[str, str]) -> dict[str, Any]:
    """The sums of HOURS_KEPT hours, and each hour, the oldest first and the running one last."""
    newest = now_ms() // HOUR_MS
    hours = [
        {kind: _number(fields, f"{letter}{hour}") for kind, letter in KINDS.items()}
        for hour in range(newest - lifetimes.HOURS_KEPT + 1, newest + 1)
    ]
    return {kind: sum(each[kind] for each in hours) for kind in KINDS} | {"hours": hours}


def _number(fields: Mapping[str, str], name: str) -> int:
    return counters.number(fields.get(name, "")) or 0
