"""The turn of an hour: what falls on both sides of it is two bars of a chart."""

from __future__ import annotations

import time

HOUR = 3600.0
ENOUGH = 90.0
"""Seconds within which a test lets something happen and looks at it."""


def within_one_hour() -> None:
    """Go on at once where the hour (UTC) leaves enough time, else in the next one."""
    left = HOUR - time.time() % HOUR
    if left < ENOUGH:
        time.sleep(left)
