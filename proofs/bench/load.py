"""The load: HTTP/1.1 over kept-alive connections, as fast as it is answered."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from proofs.bench.leg import Measures
from proofs.rig.quantile import quantile

Make = Callable[[int], bytes]
"""Gives the whole request with this number."""


@dataclass
class Tally:
    """The result of a load: how long each answer took (ms), and the statuses of all."""

    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    body: bytes = b""

    def measures(self) -> Measures:
        """Rate, median and 99th percentile; only of a load whose every answer was a 2xx."""
        if any(status // 100 != 2 for status in self.statuses) or not self.took:
            raise RuntimeError(f"Refused under load: {dict(self.statuses)} {self.body[:300]!r}")
        return {
            "rate": len(self.took) / self.seconds,
            "p50": quantile(self.took, 0.5),
            "p99": quantile(self.took, 0.99),
        }


def request(
    method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> bytes:
    """A request as it goes over the wire."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Caller(asyncio.Protocol):
    """One connection: sends what `following` gives until that gives nothing."""

    def __init__(self, tally: Tally, following: Callable[[], bytes | None]) -> None:
        self.tally, self.following = tally, following
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.data = b""
        self.wanted = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self._send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(ConnectionError("The server closed a connection."))

    def _send(self) -> None:
        wire = self.following()
        if wire is None:
            self.ended.set_result(None)
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(wire)

    def data_received(self, data: bytes) -> None:
        self.data = self.data + data if self.data else data
        if self.wanted < 0:
            self.wanted = whole(self.data)
        if 0 <= self.wanted <= len(self.data):
            self._note()
            self._send()

    def _note(self) -> None:
        self.tally.took.append((time.perf_counter() - self.began) * 1000)
        status = int(self.data[9:12])
        self.tally.statuses[status] += 1
        if status // 100 != 2:
            self.tally.body = self.data
        self.data, self.wanted = b"", -1


def whole(data: bytes) -> int:
    """How long the answer is that begins so, -1 while its head is not complete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return -1
    _, found, rest = data[:end].lower().partition(b"content-length:")
    return end + 4 + (int(rest.partition(b"\r\n")[0]) if found else 0)


def flood(url: str, make: Make, *, seconds: float, connections: int, first: int = 0) -> Tally:
    """Call as fast as the answers come, over so many connections at once."""
    return asyncio.run(_flood(url, make, seconds, connections, first))


async def _flood(url: str, make: Make, seconds: float, connections: int, first: int) -> Tally:
    tally, number, end = Tally(), first, time.perf_counter() + seconds

    def following() -> bytes | None:
        nonlocal number
        if time.perf_counter() > end:
            return None
        number += 1
        return make(number)

    began = time.perf_counter()
    callers = [await _connected(url, Caller(tally, following)) for _ in range(connections)]
    await asyncio.gather(*(caller.ended for caller in callers))
    tally.seconds = time.perf_counter() - began
    return tally


async def _connected(url: str, caller: Caller) -> Caller:
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: caller, parts.hostname or "", parts.port or 80)
    return caller
