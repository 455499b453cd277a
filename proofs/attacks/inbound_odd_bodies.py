"""Bodies that nobody should send, for an action and for a provider's webhook."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from proofs.rig.stack import World

Case = tuple[str, Iterable[bytes]]
LIMIT = 256 * 1024
"""What the contract says a body may have."""
VALID = {"phone": "+14155550123", "message": "odd"}
BOUNDARY = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"


def bodies(world: World) -> list[Case]:
    """Each odd body once to an action and once to ingress, and the framing that lies."""
    ingress = urlsplit(world.get("/v1/connections")["data"][0]["ingress_url"]).path
    doors = {"action": "/v1/actions/send-sms", "ingress": ingress}
    return [
        (f"{door} {name}", [*head(world, path, len(body), more), body])
        for door, path in doors.items()
        for name, more, body in _odd()
    ] + list(_framing(world, doors["action"]))


def head(world: World, path: str, length: int | None, more: str = "") -> list[bytes]:
    """The head of a POST with the workspace's key; a `length` of None leaves out Content-Length."""
    lines = [f"POST {path} HTTP/1.1", "Host: hookline", f"Authorization: Bearer {world.key}"]
    lines += [] if length is None else [f"Content-Length: {length}"]
    lines += [more or "Content-Type: application/json"]
    return ["\r\n".join(lines).encode() + b"\r\n\r\n"]


def _odd() -> Iterator[tuple[str, str, bytes]]:
    twice = b'{"phone": "+14155550123", "message": "a", "message": "b"}'
    yield "duplicate key", "", twice
    yield "over the limit", "", json.dumps(VALID | {"pad": "x" * LIMIT}).encode()
    yield "deep arrays", "", b'{"a":' + b"[" * 100_000
    yield "deep objects", "", b'{"a":' * 40_000
    yield "closed deep arrays", "", b"[" * 100_000 + b"]" * 100_000
    yield "long integer", "", b'{"phone": ' + b"9" * 200_000 + b"}"
    yield "a million digits", "", b'{"phone": ' + b"9" * 1_000_000 + b"}"
    yield "huge exponent", "", b'{"phone": 1e999999, "message": "a"}'
    for word in (b"NaN", b"Infinity", b"-Infinity"):
        yield word.decode(), "", b'{"phone": "+14155550123", "message": ' + word + b"}"
    yield "bad UTF-8", "", b'{"phone": "\xff\xfe", "message": "\xc3\x28"}'
    yield "half a surrogate", "", b'{"phone": "+14155550123", "message": "\\ud800"}'
    yield "nothing but nulls", "", b"\x00" * 1000
    packed = gzip.compress(json.dumps(VALID).encode())
    yield "gzip", "Content-Type: application/json\r\nContent-Encoding: gzip", packed
    bomb = gzip.compress(b" " * 50_000_000)
    yield "gzip bomb", "Content-Type: application/json\r\nContent-Encoding: gzip", bomb
    yield "multipart bomb", "Content-Type: multipart/form-data; boundary=b", BOUNDARY * 5_000
    yield "many form fields", "Content-Type: application/x-www-form-urlencoded", b"a&" * 100_000


def _framing(world: World, path: str) -> Iterator[Case]:
    chunked = "Content-Type: application/json\r\nTransfer-Encoding: chunked"
    opened = head(world, path, None, chunked)
    yield "endless chunks", itertools.chain(opened, itertools.repeat(b"1000\r\n" + b" " * 4096))
    yield "endless good chunks", itertools.chain(opened, itertools.repeat(_chunk(b" " * 4096)))
    yield "endless tiny chunks", itertools.chain(opened, itertools.repeat(_chunk(b" ") * 500))
    yield "endless chunk extension", itertools.chain(opened, itertools.repeat(b"1;" + b"x" * 4096))
    dust = [_chunk(json.dumps(VALID).encode()), _chunk(b" ") * 20_000, b"0\r\n\r\n"]
    yield "a body in dust", opened + dust
    padded = [_chunk(json.dumps(VALID).encode()), _chunk(b" " * LIMIT), b"0\r\n\r\n"]
    yield "over the limit in chunks", opened + padded
    yield "bad chunk size", [*opened, b"ZZ\r\n{}\r\n0\r\n\r\n"]
    yield "negative chunk", [*opened, b"-5\r\n{}\r\n0\r\n\r\n"]
    yield "bad trailer", [*opened, _chunk(b"{}"), b"0\r\nno colon\r\n\r\n"]
    yield "length and chunks", [*head(world, path, 5, chunked), _chunk(b"{}"), b"0\r\n\r\n"]
    yield "unknown coding", [*head(world, path, None, chunked.replace("chunked", "cow")), b"x"]
    yield "two codings", [*head(world, path, None, f"{chunked}\r\nTransfer-Encoding: x"), b"x"]
    two = "Content-Length: 2\r\nContent-Length: 3"
    yield "two lengths", [*head(world, path, None, two), b"{}"]
    for length in ("-1", "1e3", "0x10", "99999999999999999999", "+2", "2 2"):
        yield f"length {length}", [*head(world, path, None, f"Content-Length: {length}"), b"{}"]


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
