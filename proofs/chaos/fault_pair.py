"""A pair of connections, the client's to the proxy and the proxy's to the server, and what faults
do with the bytes between them."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from typing import Any

from proofs.chaos.fault_flow import Flow
from proofs.chaos.fault_link import Link
from proofs.chaos.faults import Fault

QUIET_SECONDS = 0.05
"""A reply after which nothing came for so long is whole."""


class Pair:
    """A request is what the client sends first or after a reply.

    Each is an exchange of its own, which the link may have struck by a fault. The server is called
    when something is for it.
    """

    def __init__(self, link: Link) -> None:
        self.link, self.fault = link, link.no_fault
        self.up, self.down = Flow(), Flow()
        self._client: Any = None
        self._server: Any = None
        self._calling: asyncio.Task[None] | None = None
        self._answered = True
        self._quiet: asyncio.TimerHandle | None = None

    def accepted(self, transport: Any) -> None:
        self._client = transport
        self.down.attach(transport)

    def from_client(self, data: bytes) -> None:
        if self._quiet:
            self._quiet.cancel()
        if self._answered and not self.fault.lasting:
            self.fault = self.link.draw()
        self._answered = False
        if self._calling is None:
            self._calling = asyncio.create_task(self._call())
        self.fault.request(self, data)

    def from_server(self, data: bytes) -> None:
        self._answered = True
        self.fault.reply(self, data)
        if self.link.brief or type(self.fault).quiet is not Fault.quiet:
            if self._quiet:
                self._quiet.cancel()
            loop = asyncio.get_running_loop()
            self._quiet = loop.call_later(QUIET_SECONDS, self._fell_quiet)

    def client_closed(self) -> None:
        """What it had sent still arrives, as it does on any network."""
        self.up.end()

    def server_closed(self) -> None:
        if self._server:
            self._server = None
            self.fault.closed(self)

    def drop_server(self) -> None:
        server, self._server = self._server, None
        if self._calling:
            self._calling.cancel()
        if server:
            server.close()

    def close(self) -> None:
        """Both ends, once what was sent is out."""
        self.up.end()
        self.down.end()

    def reset(self) -> None:
        """RST to the client; the server sees an ordinary end."""
        self.drop_server()
        raw = self._client.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._client.abort()

    def _fell_quiet(self) -> None:
        self.fault.quiet(self)
        if self.link.brief:
            self.close()

    async def _call(self) -> None:
        try:
            self._server = await self.link.call(lambda: _Server(self))
        except OSError:
            self.down.end()
        else:
            self.up.attach(self._server)


class Client(asyncio.Protocol):
    """The client's side of a pair; on a link with TLS it stands behind the handshake."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.pair = Pair(link)
        self._handshake: asyncio.Task[None] | None = None

    def connection_made(self, transport: Any) -> None:
        if self.link.tls and not transport.get_extra_info("sslcontext"):
            self._secure(transport, self.link.tls)
        else:
            self.pair.accepted(transport)

    def data_received(self, data: bytes) -> None:
        self.pair.from_client(data)

    def connection_lost(self, _: Exception | None) -> None:
        self.pair.client_closed()

    def _secure(self, transport: Any, tls: ssl.SSLContext) -> None:
        fault = self.link.draw()
        if fault is not self.link.no_fault:
            # The client's greeting is answered by the fault itself and never reaches a server.
            self.pair.fault, fault.carried_out = fault, False
            self.pair.accepted(transport)
            return
        transport.pause_reading()
        self._handshake = asyncio.create_task(self._shake_hands(transport, tls))

    async def _shake_hands(self, transport: Any, tls: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        try:
            secure = await loop.start_tls(transport, self, tls, server_side=True)
        except (OSError, ssl.SSLError):
            transport.abort()
        else:
            self.pair.accepted(secure)


class _Server(asyncio.Protocol):
    def __init__(self, pair: Pair) -> None:
        self.pair = pair

    def data_received(self, data: bytes) -> None:
        self.pair.from_server(data)

    def connection_lost(self, _: Exception | None) -> None:
        self.pair.server_closed()
