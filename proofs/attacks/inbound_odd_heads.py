"""Request lines and headers that nobody should send."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from proofs.rig.stack import World

Case = tuple[str, Iterable[bytes]]
METHODS = ("BREW", "TRACE", "CONNECT", "PROPFIND", "get", "G" * 5_000, "GE T", "G\x00T")
TARGETS = (
    "http://169.254.169.254/v1/nothing",
    "http://127.0.0.1:6379/v1/nothing",
    "//evil.example/v1/nothing",
    "/v1/jobs/%00",
    "/v1/jobs/%zz",
    "/v1/jobs/%",
    "/v1/jobs/%c0%ae%c0%ae/",
    "/v1/jobs/%ff%fe",
    "/v1/jobs/%0d%0aX-Evil:1",
    "/v1/../../etc/passwd",
    "/v1/%2e%2e/%2e%2e/etc/passwd",
    "/v1/jobs/" + "a" * 3_000,
    "/v1/jobs?cursor=p%00",
    "/v1/jobs?limit=%ff",
    "/v1/jobs?limit=" + "9" * 3_000,
    "/v1/triggers/inbound-sms?cursor=c" + "f" * 3_000 + "x0",
    "/v1/hooks/%F0%9F%92%A9",
    "//" * 1_500 + "v1/jobs/none",
    "*",
    "v1/jobs",
)


def heads(world: World) -> list[Case]:
    return [*_lines(world), *_headers(world), *_not_http()]


def _get(world: World, target: str, *, method: str = "GET", more: str = "") -> list[bytes]:
    key = f"Authorization: Bearer {world.key}\r\n"
    line = f"{method} {target} HTTP/1.1\r\nHost: hookline\r\n{key}{more}\r\n"
    return [line.encode("latin-1")]


def _lines(world: World) -> Iterator[Case]:
    for method in METHODS:
        yield f"method {method[:10]!r}", _get(world, "/v1/me", method=method)
    for target in TARGETS:
        yield f"target {target[:40]}", _get(world, target)
    yield "null byte in the path", _get(world, "/v1/jobs/\x00")
    yield "raw bytes in the path", _get(world, "/v1/jobs/\xff\xfe")
    yield "path without end", _get(world, "/" + "a" * 100_000)


def _headers(world: World) -> Iterator[Case]:
    yield "huge header", _get(world, "/v1/me", more=f"X-Pad: {'x' * 100_000}\r\n")
    many = "".join(f"X-{number}: 1\r\n" for number in range(5_000))
    yield "many headers", _get(world, "/v1/me", more=many)
    yield "header without name", _get(world, "/v1/me", more=": 1\r\n")
    yield "header without colon", _get(world, "/v1/me", more="nonsense\r\n")
    yield "folded header", _get(world, "/v1/me", more="X-A: 1\r\n 2\r\n")
    yield "null in a header", _get(world, "/v1/me", more="X-A: \x00\r\n")
    yield "space before the colon", _get(world, "/v1/me", more="X-A : 1\r\n")
    yield "expects the impossible", _get(world, "/v1/me", more="Expect: 999-maybe\r\n")
    yield "two keys", _get(world, "/v1/me", more="Authorization: Bearer nobody\r\n")
    endless = itertools.repeat(b"X-A: " + b"x" * 4_000 + b"\r\n")
    yield "endless headers", itertools.chain([b"GET / HTTP/1.1\r\n"], endless)


def _not_http() -> Iterator[Case]:
    yield "cut HTTP/0.9", [b"GET /\r\n\r\n"]
    yield "cut HTTP/9.9", [b"GET / HTTP/9.9\r\n\r\n"]
    yield "cut HTTP/2 preface", [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    yield "cut TLS hello", [bytes.fromhex("160301020001000100fc0303") + bytes(500) + b"\r\n\r\n"]
    yield "cut noise", [bytes(range(1, 256)) + b"\r\n\r\n"]
    yield "cut nothing but line ends", [b"\r\n" * 50_000]
    yield "cut endless line", itertools.repeat(b"A" * 8192)
    yield "cut bare line feeds", [b"GET / HTTP/1.1\nHost: a\n\n", b"\r\n\r\n"]
