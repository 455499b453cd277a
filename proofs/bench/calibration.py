"""Calibration: how fast this machine's core is at this moment, whatever else it is doing."""

from __future__ import annotations

import os
import time

LOOPS = 3_000_000


def speed() -> float:
    """Million turns of an empty loop a second, the best of three; a shared core gives fewer."""
    return max(_once() for _ in range(3))


def _once() -> float:
    began = time.perf_counter()
    for _ in range(LOOPS):
        pass
    return LOOPS / (time.perf_counter() - began) / 1e6


def load() -> float:
    """The average number of runnable processes over the last minute."""
    return os.getloadavg()[0]
