"""The wire: requests written byte by byte, as no well-behaved client would write them."""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import psutil

STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
DEADLINE = 10.0
"""Seconds after which a request that is neither answered nor cut off counts as hanging."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """`status` is 0 when the server closed without an answer, -1 when it did neither."""

    status: int
    seconds: float
    body: bytes = b""


@dataclass
class Conversation:
    """One connection: what is still to be said and what was heard."""

    wire: socket.socket
    parts: Iterator[bytes]
    pending: memoryview = field(default_factory=lambda: memoryview(b""))
    heard: bytearray = field(default_factory=bytearray)
    closed: bool = False
    said_all: bool = False

    def turn(self) -> None:
        """Listen and speak once, whichever is possible within a tenth of a second."""
        speaking = [] if self.said_all else [self.wire]
        readable, writable, _ = select.select([self.wire], speaking, [], 0.1)
        if readable:
            self._listen()
        elif writable:
            self._speak()

    def _listen(self) -> None:
        try:
            data = self.wire.recv(65536)
        except OSError:
            data = b""
        self.heard += data
        self.closed = not data

    def _speak(self) -> None:
        if not self.pending:
            self.pending = memoryview(next(self.parts, b""))
        self.said_all = not self.pending
        if self.pending:
            try:
                self.pending = self.pending[self.wire.send(self.pending) :]
            except OSError:
                # The server has closed: what it said before that is still to be heard.
                self.said_all = True

    def answered(self) -> bool:
        head, mark, body = bytes(self.heard).partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        return bool(mark and length and len(body) >= int(length[1]))


def exchange(port: int, parts: Iterable[bytes], deadline: float = DEADLINE) -> Reply:
    """Send `parts` one after the other and take the first answer.

    `parts` may be endless: sending stops as soon as the server has answered or closed.
    """
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=deadline) as wire:
        wire.setblocking(False)
        talk = Conversation(wire, iter(parts))
        while not (talk.closed or talk.answered()) and time.monotonic() < began + deadline:
            talk.turn()
    found = STATUS_LINE.match(bytes(talk.heard))
    status = int(found[1]) if found else 0 if talk.closed else -1
    _, _, body = bytes(talk.heard).partition(b"\r\n\r\n")
    return Reply(status=status, seconds=time.monotonic() - began, body=body)


def resident(processes: Iterable[psutil.Process]) -> int:
    """Bytes of memory that these processes hold together."""
    return sum(int(process.memory_info().rss) for process in processes)


def served(processes: Iterable[psutil.Process]) -> set[int]:
    """The clients' ports of the connections that these processes hold. The client cannot tell
    for itself: with its window full, the server's end of the connection never reaches it."""
    return {
        each.raddr.port
        for process in processes
        for each in process.net_connections("tcp")
        if len(each.raddr)
    }
