"""The running process: its services, for code that RQ calls by name, and its wish to stop."""

from __future__ import annotations

import threading

from integration.services import Services

stopping = threading.Event()
"""Set when the process was asked to end; long-lived loops look at it every second."""
_current: list[Services] = []


def use(services: Services) -> None:
    """Called once by a composition root."""
    _current[:] = [services]


def services() -> Services:
    return _current[0]
