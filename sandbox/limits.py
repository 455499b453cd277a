"""Request counters in fixed windows, as the providers' RateLimit headers describe them."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a caller stands; `reset` is whole seconds until the window ends."""

    limit: int
    remaining: int
    reset: int
    refused: bool

    def headers(self) -> dict[str, str]:
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        return headers | ({"Retry-After": str(self.reset)} if self.refused else {})


class Windows:
    """Counts by name. Kept in memory only: a restart opens fresh windows, as a provider's would."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[float, int]] = {}

    def take(self, name: str, limit: int, window: float, cost: int = 1) -> Standing:
        """Count `cost` requests under `name`; refused when they exceed `limit` in `window` seconds.

        A cost of 0 asks without counting.
        """
        now = time.monotonic()
        with self._lock:
            start, used = self._open.get(name, (now, 0))
            if now >= start + window:
                start, used = now, 0
            refused = used + max(cost, 1) > limit
            used = used if refused else used + cost
            self._open[name] = (start, used)
        reset = max(1, math.ceil(start + window - now))
        return Standing(limit=limit, remaining=max(0, limit - used), reset=reset, refused=refused)

    def clear(self, prefix: str) -> None:
        with self._lock:
            for name in [name for name in self._open if name.startswith(prefix)]:
                del self._open[name]
