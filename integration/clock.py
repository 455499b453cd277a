"""The clock: milliseconds since 1970, the unit of every score and lease in the store."""

from __future__ import annotations

import time


def now_ms() -> int:
    return int(time.time() * 1000)
