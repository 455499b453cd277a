"""Pictures that people send to the virtual phone: small, real, and each of its own colours."""

from __future__ import annotations

import hashlib
import struct
import zlib

WIDTH, HEIGHT = 96, 64


def png(name: str) -> bytes:
    """A PNG with a sky, a sun and a hill; its colours follow from the name."""
    digest = hashlib.md5(name.encode(), usedforsecurity=False).digest()
    sky, hill = (90 + digest[0] // 2, 130 + digest[1] // 3, 215), (40, 90 + digest[2] // 3, 60)
    rows = (b"\0" + b"".join(_dot(x, y, sky, hill) for x in range(WIDTH)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, data) for kind, data in parts)


def _dot(x: int, y: int, sky: tuple[int, int, int], hill: tuple[int, int, int]) -> bytes:
    if y > HEIGHT - 8 - (x * (WIDTH - x)) // 90:
        return bytes(hill)
    if (x - 74) ** 2 + (y - 14) ** 2 < 64:
        return bytes((255, 220, 90))
    return bytes(sky)


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
