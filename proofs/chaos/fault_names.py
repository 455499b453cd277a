"""The name server of the links: it knows `LINK.links.test`, unless a fault is on that link."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from typing import Any

from proofs.chaos.fault_link import Link
from proofs.chaos.faults import NameFault

DOMAIN = "links.test"
A = 1
HERE = bytes([127, 0, 0, 1])
NO_ERROR, NO_SUCH_NAME = 0, 3


def host(link: str) -> str:
    return f"{link}.{DOMAIN}"


class NameServer(asyncio.DatagramProtocol):
    """Knows the links alone; nothing may be kept, so that every connection asks."""

    def __init__(self, links: Mapping[str, Link]) -> None:
        self._links = links
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, query: bytes, sender: Any) -> None:
        name, end = _name(query)
        link = self._links.get(name.removesuffix(f".{DOMAIN}"))
        code: int | None = NO_ERROR if link else NO_SUCH_NAME
        if link and issubclass(link.kind, NameFault) and link.strikes():
            code = link.kind.code
        if code is not None:
            self._transport.sendto(_answer(query, end, code), sender)


def _name(query: bytes) -> tuple[str, int]:
    """The name that is asked for, and where the question ends."""
    labels, place = [], 12
    while query[place]:
        labels.append(query[place + 1 : place + 1 + query[place]].decode("latin-1"))
        place += 1 + query[place]
    return ".".join(labels).lower(), place + 5


def _answer(query: bytes, end: int, code: int) -> bytes:
    kind = struct.unpack("!H", query[end - 4 : end - 2])[0]
    records = b""
    if code == NO_ERROR and kind == A:
        # The name that was asked for, class IN, to be kept for 0 s.
        records = b"\xc0\x0c" + struct.pack("!HHIH", A, 1, 0, 4) + HERE
    head = struct.pack("!HHHHH", 0x8180 | code, 1, bool(records), 0, 0)
    return query[:2] + head + query[12:end] + records
