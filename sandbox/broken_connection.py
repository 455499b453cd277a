"""Breaks the client's connection under gunicorn, before or within an answer."""

from __future__ import annotations

import contextlib
import socket
from typing import Any


class NoSocket(RuntimeError):
    """The server does not show its socket, so no connection can be cut."""


def cut(environ: dict[str, Any]) -> None:
    """Close the connection now; what the app still answers reaches nobody."""
    connection = _socket(environ)
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def cut_within(environ: dict[str, Any], body: bytes) -> None:
    """Send the head and half of `body`, then close."""
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with contextlib.suppress(OSError):
        _socket(environ).sendall(head.encode() + body[: len(body) // 2])
    cut(environ)


def _socket(environ: dict[str, Any]) -> socket.socket:
    found = environ.get("gunicorn.socket")
    if found is None:
        raise NoSocket("Cutting a connection needs gunicorn as the server (see docs/sandbox.md).")
    connection: socket.socket = found
    return connection
