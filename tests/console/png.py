"""PNG files, as far as pictures need them: pressed smaller without loss, with a note inside.

The format: https://www.w3.org/TR/png-3/
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = "Description"
Chunk = tuple[bytes, bytes]


def pressed(png: bytes, note: str) -> bytes:
    """The same picture, compressed as far as zlib can, with a note (ASCII) and nothing else."""
    found = list(chunks(png))
    header = next(data for kind, data in found if kind == b"IHDR")
    rows = zlib.decompress(b"".join(data for kind, data in found if kind == b"IDAT"))
    made = [
        (b"IHDR", header),
        (b"tEXt", f"{KEYWORD}\0{note}".encode("ascii")),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ]
    return SIGNATURE + b"".join(_written(*each) for each in made)


def note(png: bytes) -> str:
    """The note of a picture that `pressed` made, "" for any other."""
    texts = [data for kind, data in chunks(png) if kind == b"tEXt"]
    found = [text.partition(b"\0")[2] for text in texts if text.startswith(KEYWORD.encode())]
    return found[0].decode("ascii") if found else ""


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    header = next(data for kind, data in chunks(png) if kind == b"IHDR")
    width, height = struct.unpack(">II", header[:8])
    return width, height


def chunks(png: bytes) -> Iterator[Chunk]:
    """Each chunk's type and data; raises ValueError for what is no whole PNG."""
    if not png.startswith(SIGNATURE):
        raise ValueError("This is no PNG file.")
    place = len(SIGNATURE)
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        data, check = png[place + 8 : place + 8 + length], png[place + 8 + length :][:4]
        if check != struct.pack(">I", zlib.crc32(kind + data)):
            raise ValueError(f"The chunk {kind!r} is damaged.")
        yield kind, data
        place += length + 12


def _written(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
