"""A flow: one direction of a connection, whose bytes leave in order and at their time."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Protocol


class Flow:
    """One direction: bytes leave in order, none before its time; b"" stands for the end."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._transport: Any = None
        self._timer: asyncio.TimerHandle | None = None
        self._free = 0.0

    def attach(self, transport: Any) -> None:
        self._transport = transport
        self._flush()

    def send(self, data: bytes, *, after: float = 0.0) -> None:
        if data:
            self._queue(data, after)

    def trickle(self, data: bytes, piece: int, gap: float) -> None:
        for place in range(0, len(data), piece):
            self._queue(data[place : place + piece], max(0.0, self._free - self._loop.time()) + gap)

    def end(self, *, after: float = 0.0) -> None:
        self._queue(b"", after)

    def _queue(self, data: bytes, after: float) -> None:
        self._free = max(self._loop.time() + after, self._free)
        self._waiting.append((self._free, data))
        self._flush()

    def _flush(self) -> None:
        while self._transport and self._waiting:
            due, data = self._waiting[0]
            if due > self._loop.time():
                self._timer = self._timer or self._loop.call_at(due, self._due)
                return
            self._waiting.popleft()
            if data:
                self._transport.write(data)
            else:
                self._transport.close()

    def _due(self) -> None:
        self._timer = None
        self._flush()


class Exchange(Protocol):
    """The pair of connections that a fault strikes, with a flow to the server and one back."""

    up: Flow
    down: Flow

    def reset(self) -> None:
        """RST to the client; the server sees an ordinary end."""

    def close(self) -> None:
        """End both sides once what was sent is out."""

    def drop_server(self) -> None:
        """Close the server's side at once."""
