"""How a hostile receiver answers: without end, byte by byte, or with what explodes."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterable

from proofs.attacks.outbound_sinks import Behave, Visit

PAUSE = 0.2
"""Seconds between the bytes of one who drips: below every read time-out."""
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PIECE = b"x" * 65536
BOMB_PIECES = 400 * 16
"""400 MB, packed into some 400 KB."""


async def _forever(writer: asyncio.StreamWriter, start: bytes, again: bytes) -> None:
    """Until the other side lets go, which ends in an OSError."""
    writer.write(start)
    while True:
        writer.write(again)
        await writer.drain()
        await asyncio.sleep(0)  # drain alone gives way to nobody while the other side keeps up


async def _drip(writer: asyncio.StreamWriter, start: bytes, text: Iterable[int]) -> None:
    writer.write(start)
    for each in text:
        writer.write(bytes([each]))
        await writer.drain()
        await asyncio.sleep(PAUSE)


async def _hold(visit: Visit, writer: asyncio.StreamWriter, start: bytes) -> None:
    writer.write(start)
    await writer.drain()
    await visit.reader.read()


def packed(window: int) -> bytes:
    """A bomb: `window` is zlib's, 31 for gzip, 15 for deflate."""
    press = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join([*(press.compress(bytes(65536)) for _ in range(BOMB_PIECES)), press.flush()])


async def _explode(visit: Visit, writer: asyncio.StreamWriter, coding: bytes, bomb: bytes) -> None:
    head = b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding, len(bomb))
    await _hold(visit, writer, OK + head + bomb)


def behaviours() -> dict[str, Behave]:
    """Each by the path that asks for it."""
    return {**_endless(), **_dripping(), **_packed(), **_silent()}


def _endless() -> dict[str, Behave]:
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    return {
        "endless": lambda _, w: _forever(w, OK + b"\r\n", PIECE),
        "chunked": lambda _, w: _forever(w, chunked, b"10000\r\n" + PIECE + b"\r\n"),
        "header-flood": lambda _, w: _forever(w, OK, b"X-Again: y\r\n" * 4096),
        "long-header": lambda _, w: _forever(w, OK + b"X-Long: ", PIECE),
        "hundreds": lambda _, w: _forever(w, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 64),
        "hints": lambda _, w: _forever(w, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 64),
        "http09": lambda _, w: _forever(w, b"", b"It works.\n" * 4096),
        "status-line": lambda _, w: _forever(w, b"HTTP/1.1 200 ", PIECE),
    }


def _dripping() -> dict[str, Behave]:
    body = OK + b"Content-Length: 100000\r\n\r\n"
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    return {
        "drip-body": lambda _, w: _drip(w, body, b" " * 100_000),
        "drip-headers": lambda _, w: _drip(w, OK, b"X-Slow: y\r\n" * 10_000),
        "drip-status": lambda _, w: _drip(w, b"", b"HTTP/1.1 200 " + b"O" * 10_000),
        "drip-chunks": lambda _, w: _drip(w, chunked, b"1\r\n \r\n" * 10_000),
    }


def _packed() -> dict[str, Behave]:
    gzip, deflate = packed(31), packed(15)
    nested = zlib.compress(gzip, 9)
    return {
        "gzip": lambda v, w: _explode(v, w, b"gzip", gzip),
        "deflate": lambda v, w: _explode(v, w, b"deflate", deflate),
        "nested": lambda v, w: _explode(v, w, b"gzip, deflate", nested),
    }


def _silent() -> dict[str, Behave]:
    many = OK + b"".join(b"X-%d: y\r\n" % number for number in range(100_000)) + b"\r\n"
    huge = OK + b"Content-Length: 9" + b"0" * 30 + b"\r\n\r\n"
    return {
        "headers": lambda v, w: _hold(v, w, many),
        "huge-length": lambda v, w: _hold(v, w, huge),
        "never": lambda v, w: _hold(v, w, b""),
        "half": lambda v, w: _hold(v, w, OK + b"Content-Length: 10\r\n\r\n{"),
        "unclosed": lambda v, w: _hold(v, w, OK + b"\r\n{}"),
    }
