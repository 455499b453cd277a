"""Peers that behave as badly as a network does, on real sockets."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from integration.outbound.provider_http import ProviderHttp

KEY = "pf_live_0123456789"
Serve = Callable[[socket.socket, bytes], None]


class Peer:
    """Listens on a free loopback port; `serve` gets each connection and its first request."""

    def __init__(self, serve: Serve | None) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.ended = threading.Event()
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self.ended.set()
        # A thread in accept() notices only a connection.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        self._thread.join(30)
        self._socket.close()

    def _run(self) -> None:
        served = []
        while not self.ended.is_set():
            connection, _ = self._socket.accept()
            if self.ended.is_set():
                connection.close()
                break
            self.connections += 1
            served.append(threading.Thread(target=self._one, args=[connection]))
            served[-1].start()
        for each in served:
            each.join(30)

    def _one(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            while self._serve and not self.ended.is_set():
                request = read_request(connection)
                if not request:
                    return
                self.requests.append(request)
                self._serve(connection, request)


def read_request(connection: socket.socket) -> bytes:
    """One request with its body, b"" where the other side hung up."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextlib.contextmanager
def peer(serve: Serve | None) -> Iterator[Peer]:
    one = Peer(serve)
    try:
        yield one
    finally:
        one.close()


def answering(status: str = "200 OK", body: bytes = b"{}", **headers: str) -> Serve:
    """Answers every request so, and keeps the connection."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode()
    return lambda connection, _: connection.sendall(head + body)


def saying(*pieces: bytes) -> Serve:
    """Says these bytes and hangs up."""

    def serve(connection: socket.socket, _: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_RDWR)

    return serve


def dripping(head: bytes, drop: bytes) -> Serve:
    """Never ends: a drop at a time, each well within any time-out of a single read."""

    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(drop)
            time.sleep(0.02)

    return serve


def pouring(head: bytes, block: bytes) -> Serve:
    """Never ends, as fast as it can."""

    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(block)

    return serve


def resetting(connection: socket.socket, _: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def silent(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def at(address: str, port: int = 443) -> list[tuple[Any, ...]]:
    """What a resolver says of a name with this one address."""
    if ":" in address:
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))]
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


def client(url: str, label: str = "Gateway", **more: Any) -> ProviderHttp:
    return ProviderHttp(url, label, trusted=True, allow_private=False, **{"deadline": 1.0, **more})


def send(http: ProviderHttp, *, effect: bool = True, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {KEY}"}
    body = {"phone": "+14155550123", "message": "Your table is ready"}
    try:
        return http.call("POST", "/send", headers=headers, json=body, effect=effect, **more)
    finally:
        http.close()
