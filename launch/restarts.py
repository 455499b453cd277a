"""When to start again what has ended: soon at first, less often while it keeps failing."""

from __future__ import annotations

import time

from launch.process import Service

FIRST_DELAY = 1.0  # seconds
MAX_DELAY = 30.0  # seconds
RAN_WELL = 15.0  # seconds after which an end counts as the first one again


class Restarts:
    """The services that wait for their next start."""

    def __init__(self) -> None:
        self.given_up = False
        self._delays: dict[str, float] = {}
        self._due: dict[str, tuple[float, Service]] = {}

    def plan(self, service: Service, ran: float) -> float:
        """Note a restart of what `ran` that many seconds; the delay in seconds."""
        last = self._delays.get(service.name)
        fresh = last is None or ran >= RAN_WELL
        delay = FIRST_DELAY if fresh or last is None else min(last * 2, MAX_DELAY)
        self._delays[service.name] = delay
        self._due[service.name] = (time.monotonic() + delay, service)
        return delay

    def due_in(self) -> float | None:
        """Seconds until the next start, None when none is planned."""
        if not self._due:
            return None
        return max(0.0, min(when for when, _ in self._due.values()) - time.monotonic())

    def due(self) -> list[Service]:
        """Those whose time has come; each is handed out once."""
        now = time.monotonic()
        ready = [service for when, service in self._due.values() if when <= now]
        for service in ready:
            del self._due[service.name]
        return ready

    def give_up(self) -> None:
        """From now on what ends stays ended."""
        self.given_up = True
        self._due.clear()
