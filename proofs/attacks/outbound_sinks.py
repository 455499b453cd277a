"""Who listens inside the room: receivers at the public addresses, canaries at all others."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from proofs.attacks.outbound_names import PUBLIC, PUBLIC6

CANARY_PORTS = (22, 25, 80, 443, 6379, 8000, 8080, 8443, 11211, 65535)


@dataclass(kw_only=True)
class Visit:
    """One request at a receiver; `ended` is 0 until the other side let go (monotonic seconds)."""

    name: str
    host: str
    path: str
    head: bytes
    body: bytes
    began: float
    reader: asyncio.StreamReader
    ended: float = 0.0


Behave = Callable[[Visit, asyncio.StreamWriter], Awaitable[None]]


async def accept(_: Visit, writer: asyncio.StreamWriter) -> None:
    """What an honest receiver answers; providers' clients understand it as well."""
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: 2\r\n\r\n{{}}".encode())
    await writer.drain()


@dataclass
class Sinks:
    """`behave` maps a path's first segment to how it is answered; `knocks` are the canaries'."""

    certificate: Path
    behave: dict[str, Behave] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    knocks: list[tuple[str, int]] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def open(self) -> None:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)

    async def _listen(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        context.sni_callback = self._named
        more = {"reuse_port": True, "limit": 2**20}
        for public in (PUBLIC, PUBLIC6):
            await asyncio.start_server(self._receive, public, 80, **more)
            await asyncio.start_server(self._receive, public, 443, ssl=context, **more)
        for port in CANARY_PORTS:
            for every in ("0.0.0.0", "::"):
                await asyncio.start_server(self._knock, every, port, reuse_port=True)

    def _named(self, connection: object, name: str | None, _: ssl.SSLContext) -> None:
        self.names.append(name or "")
        connection.asked_for = name or ""  # type: ignore[attr-defined]  # our mark, read with the request

    async def _knock(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.knocks.append(writer.get_extra_info("sockname")[:2])
        writer.close()

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            visit = await _read(reader, writer)
            self.visits.append(visit)
            behave = self.behave.get(visit.path.strip("/").split("/")[0].split("?")[0], accept)
            try:
                await behave(visit, writer)
            finally:
                visit.ended = time.monotonic()
        writer.close()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Visit:
    began = time.monotonic()
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines[1:])
    }
    body = await reader.readexactly(int(fields.get("content-length", 0)))
    secured = writer.get_extra_info("ssl_object")
    return Visit(
        name=getattr(secured, "asked_for", "") if secured else "",
        host=fields.get("host", ""),
        path=lines[0].split(" ")[1],
        head=head,
        body=body,
        began=began,
        reader=reader,
    )
