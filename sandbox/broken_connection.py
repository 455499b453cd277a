"""Breaks the client's connection under gunicorn, or holds it open without an answer."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import Any

_held: list[socket.socket] = []
_lock = threading.Lock()


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


def hold(environ: dict[str, Any], seconds: float) -> None:
    """Leave the client without an answer and without an end, for good where `seconds` is 0.

    No thread waits for it: the server goes on with a socket whose other end is gone.
    """
    theirs = _socket(environ)
    kept, (dead, gone) = theirs.dup(), socket.socketpair()
    os.dup2(dead.fileno(), theirs.fileno())
    dead.close()
    gone.close()
    with _lock:
        for each in [each for each in _held if _given_up(each)]:
            _held.remove(each)
            each.close()
        _held.append(kept)
    if seconds:
        ending = threading.Timer(seconds, _end, [kept])
        ending.daemon = True
        ending.start()


def _end(kept: socket.socket) -> None:
    with contextlib.suppress(OSError):
        kept.shutdown(socket.SHUT_RDWR)


def _given_up(kept: socket.socket) -> bool:
    """Whether the client has closed its end."""
    try:
        return not kept.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _socket(environ: dict[str, Any]) -> socket.socket:
    found = environ.get("gunicorn.socket")
    if found is None:
        raise NoSocket("Cutting a connection needs gunicorn as the server (see docs/sandbox.md).")
    connection: socket.socket = found
    return connection
