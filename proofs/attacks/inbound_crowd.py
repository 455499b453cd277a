"""A crowd of slow clients of one kind, driven a byte at a time by one thread."""

from __future__ import annotations

import random
import socket
import time
from dataclasses import dataclass

DRIP_SECONDS = 1.0
PIPELINED = 40
"""Requests that a slow reader has sent and takes no answer to."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`opening` is sent at once, then `drop` each second; a reader's window is tiny."""

    name: str
    opening: bytes
    drop: bytes
    reads: bool = True


def kinds(key: str) -> list[Kind]:
    """Slow header, slow body, slow read; with a valid key, so that the body is really read."""
    head = f"Host: hookline\r\nAuthorization: Bearer {key}\r\n"
    body = f"POST /v1/actions/send-sms HTTP/1.1\r\n{head}Content-Type: application/json\r\n"
    many = f"GET /v1/catalog HTTP/1.1\r\n{head}\r\n" * PIPELINED
    return [
        Kind(name="header", opening=f"GET /v1/me HTTP/1.1\r\n{head}X-Slow: ".encode(), drop=b"a"),
        Kind(name="body", opening=f"{body}Content-Length: 200000\r\n\r\n".encode(), drop=b" "),
        Kind(name="read", opening=many.encode(), drop=b"", reads=False),
    ]


class Crowd:
    """`size` connections; one that is cut off is opened again, until the crowd is fixed."""

    def __init__(self, port: int, kind: Kind, size: int, seed: int) -> None:
        self.port, self.kind, self.size = port, kind, size
        self.chance = random.Random(f"{seed} {kind.name}")
        self.members: list[socket.socket] = []
        self.renewing = True
        self.next_drip = 0.0

    def gather(self) -> None:
        self.members = [each for each in map(self._open, range(self.size)) if each]

    def fixed(self) -> Crowd:
        self.renewing = False
        return self

    def ports(self) -> set[int]:
        """Our ends of the connections, as the server sees them."""
        return {int(each.getsockname()[1]) for each in self.members}

    def drip(self) -> None:
        """Send each member's next byte, once a second; mourn those that were cut off."""
        if time.monotonic() < self.next_drip:
            return
        self.next_drip = time.monotonic() + DRIP_SECONDS
        self.chance.shuffle(self.members)
        gone = [each for each in self.members if not self._drop(each)]
        for each in gone:
            each.close()
            self.members.remove(each)
        if self.renewing:
            self.members += filter(None, map(self._open, range(len(gone))))

    def leave(self) -> None:
        for each in self.members:
            each.close()

    def _open(self, _: int) -> socket.socket | None:
        wire = socket.socket()
        if not self.kind.reads:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        wire.settimeout(5)
        try:
            wire.connect(("127.0.0.1", self.port))
            wire.setblocking(False)
            wire.send(self.kind.opening)
        except OSError:
            wire.close()
            return None
        return wire

    def _drop(self, wire: socket.socket) -> bool:
        """Whether the server still holds this connection, as far as we can tell."""
        try:
            if self.kind.drop:
                wire.send(self.kind.drop)
            if self.kind.reads:
                return bool(wire.recv(1, socket.MSG_PEEK))
            return True
        except BlockingIOError:
            return True
        except OSError:
            return False
