"""Idle connections: those that clients keep open for a next request.

gunicorn waits for each open connection before it ends. A browser, a proxy or a pool of a client
holds some at any time, so that a process would only end at `graceful_timeout`.
"""

import select
import time
from typing import Any

import gevent  # type: ignore[import-untyped]  # it ships no types, and its stubs are one more pin
from gunicorn.http.errors import (  # type: ignore[import-untyped]  # it ships no types either
    NoMoreData,
)

MOMENT = 1.0
"""Seconds without a request after which a connection is idle."""


class IdleConnections:
    """The connections of one process that wait for a request, each with its greenlet."""

    def __init__(self) -> None:
        self._waiting: dict[Any, tuple[Any, float]] = {}

    def waits(self, client: Any) -> None:
        """Note that the calling greenlet waits for a request of this client from now on."""
        self._waiting[client] = gevent.getcurrent(), time.monotonic()

    def leaves(self, client: Any) -> None:
        """Note that a request is there, or that the connection is closed."""
        self._waiting.pop(client, None)

    def close(self) -> None:
        """Close those that are idle. What has come in on one of them is still read."""
        before = time.monotonic() - MOMENT
        for client, (greenlet, since) in list(self._waiting.items()):
            if since < before and not select.select([client], [], [], 0)[0]:
                greenlet.kill(NoMoreData(), block=False)
