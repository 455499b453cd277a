"""The sink's process: takes POSTs as fast as Python can, counts them, and tells who came twice.

A path under `/slow` is answered after 100 ms, one under `/hang` never. `GET /tally` tells what
arrived since `GET /reset`; `GET /times` gives each arrival's age in milliseconds, in their order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import time
from typing import Any

from proofs.bench.marks import FOUND

DELAY = 0.1
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"


class Tally:
    """What arrived; the path and the number identify an arrival."""

    def __init__(self) -> None:
        self.seen: set[tuple[bytes, bytes]] = set()
        self.ages: list[int] = []
        self.first = self.last = 0

    def add(self, path: bytes, body: bytes) -> None:
        now = time.monotonic_ns()
        self.first = self.first or now
        self.last = now
        found = FOUND.search(body)
        if found:
            self.seen.add((path, found[1]))
            self.ages.append(now - int(found[2]))

    def shown(self) -> dict[str, Any]:
        spent = (self.last - self.first) / 1e9
        return {"arrived": len(self.ages), "distinct": len(self.seen), "seconds": spent}


class Taker(asyncio.Protocol):
    """One connection; requests come one after another, in any number of pieces."""

    tally = Tally()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while self._take_one():
            pass

    def _take_one(self) -> bool:
        head, found, rest = self.data.partition(b"\r\n\r\n")
        if not found:
            return False
        length = _length(head)
        if len(rest) < length:
            return False
        body, self.data = rest[:length], rest[length:]
        method, path, _ = head.split(b" ", 2)
        self._answer(method, path, body)
        return True

    def _answer(self, method: bytes, path: bytes, body: bytes) -> None:
        if method == b"GET":
            self.transport.write(_told(path))
        elif path.startswith(b"/slow"):
            asyncio.get_running_loop().call_later(DELAY, self._take, path, body)
        elif not path.startswith(b"/hang"):
            self._take(path, body)

    def _take(self, path: bytes, body: bytes) -> None:
        Taker.tally.add(path, body)
        self.transport.write(ANSWER)


def _length(head: bytes) -> int:
    at = head.find(b"ontent-")
    while at >= 0:
        name, _, rest = head[at + 7 :].partition(b":")
        if name.lower() == b"length":
            return int(rest.partition(b"\r\n")[0])
        at = head.find(b"ontent-", at + 7)
    return 0


def _told(path: bytes) -> bytes:
    tally = Taker.tally
    if path == b"/reset":
        Taker.tally = tally = Tally()
    reply: Any = [age / 1e6 for age in tally.ages] if path == b"/times" else tally.shown()
    body = json.dumps(reply).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def serve(certificate: str) -> None:
    """Listen on every local address, since a host is a target's name and port."""
    loop = asyncio.get_running_loop()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    plain = await loop.create_server(Taker, "0.0.0.0", 0, backlog=1000)
    sealed = await loop.create_server(Taker, "127.0.0.1", 0, ssl=context, backlog=1000)
    ports = [each.sockets[0].getsockname()[1] for each in (plain, sealed)]
    print(*ports, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m proofs.bench.sink_server")
    parser.add_argument("certificate")
    asyncio.run(serve(parser.parse_args().certificate))
