"""Hookline's icon as PNG, for platforms that take no SVG: drawn here, so that no tool is needed."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from math import hypot

from platforms._shared_icon import LIGHT

Point = tuple[float, float]
VIEW = 32.0
"""The drawing's own units, those of the SVG."""
HALF_STROKE = 1.3
BOW, BOW_RADIUS = (14.25, 17.5), 5.75
LINES: tuple[tuple[Point, Point], ...] = (
    ((20, 6), (20, 17.5)),
    ((8.5, 17.5), (8.5, 16)),
    ((8.5, 16), (5.9, 19.2)),
    ((8.5, 16), (11.2, 19.1)),
)
EYE, EYE_RADIUS = (20.0, 6.5), 2.3


@lru_cache(maxsize=4)
def png(size: int, colour: str = LIGHT) -> bytes:
    """A square of `size` pixels, filled to its edges: platforms cut it to their own shape."""
    ground = bytes.fromhex(colour.removeprefix("#"))
    lines = b"".join(b"\0" + _line(y, size, ground) for y in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _line(y: int, size: int, ground: bytes) -> bytes:
    scale = VIEW / size
    found = bytearray()
    for x in range(size):
        ink = _ink((x + 0.5) * scale, (y + 0.5) * scale, scale)
        found += bytes(round(each + (255 - each) * ink) for each in ground)
    return bytes(found)


def _ink(x: float, y: float, pixel: float) -> float:
    """How much of the pixel around a point is white, from 0 to 1."""
    outside = min(_from_stroke(x, y), hypot(x - EYE[0], y - EYE[1]) - EYE_RADIUS)
    return min(1.0, max(0.0, 0.5 - outside / pixel))


def _from_stroke(x: float, y: float) -> float:
    far = min(_from_line(x, y, *line) for line in LINES)
    if y >= BOW[1]:
        far = min(far, abs(hypot(x - BOW[0], y - BOW[1]) - BOW_RADIUS))
    return far - HALF_STROKE


def _from_line(x: float, y: float, start: Point, end: Point) -> float:
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    share = ((x - start[0]) * along_x + (y - start[1]) * along_y) / (along_x**2 + along_y**2)
    held = min(1.0, max(0.0, share))
    return hypot(x - start[0] - held * along_x, y - start[1] - held * along_y)
