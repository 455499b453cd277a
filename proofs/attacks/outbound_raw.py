"""Requests as bytes: clients' libraries would refuse to send what is sent here."""

from __future__ import annotations

import re
import socket


def ask(port: int, request: bytes) -> bytes:
    """All that comes back on one connection; the request must ask for its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=40) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: hookline.test", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def heads(answer: bytes) -> list[bytes]:
    """The head of each HTTP answer in what came back: one to one request, unless it was split.

    What lies behind the announced length of a body begins another answer.
    """
    found, rest = [], answer
    while rest:
        head, _, after = rest.partition(b"\r\n\r\n")
        found.append(head)
        length = re.search(rb"\r\ncontent-length: *(\d+)", head.lower())
        rest = after[int(length[1]) :] if length else b""
    return found
