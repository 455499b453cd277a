"""Two words of the Redis protocol, so that the launcher need not import a whole client first."""

from __future__ import annotations

import socket
from contextlib import suppress
from urllib.parse import unquote, urlsplit

TIMEOUT = 2.0  # seconds for a connect and for each answer; it is on this machine


def ask(url: str, *words: str) -> str:
    """The first line of the server's answer, such as `+PONG` or `-LOADING …`.

    `url` is `unix:///path` or `redis://:password@127.0.0.1:port`; an empty answer means that the
    server hung up, as it does after SHUTDOWN.

    Raises:
        OSError: nobody listens there.
    """
    parts = urlsplit(url)
    with _connect(parts.path, parts.hostname, parts.port) as connection:
        if parts.password:
            _send(connection, "AUTH", unquote(parts.password))
            _line(connection)
        _send(connection, *words)
        return _line(connection)


def answers(url: str) -> bool:
    """Whether a server is there, has read its data, and takes commands."""
    with suppress(OSError):
        return ask(url, "PING") == "+PONG"
    return False


def _connect(path: str, host: str | None, port: int | None) -> socket.socket:
    if host is not None and port is not None:
        return socket.create_connection((host, port), TIMEOUT)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(TIMEOUT)
    try:
        connection.connect(unquote(path))
    except OSError:
        connection.close()
        raise
    return connection


def _send(connection: socket.socket, *words: str) -> None:
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        data = word.encode()
        parts += [f"${len(data)}\r\n".encode(), data, b"\r\n"]
    connection.sendall(b"".join(parts))


def _line(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\r\n") and (byte := connection.recv(1)):
        received += byte
    return received.decode("utf-8", "replace").rstrip("\r\n")
