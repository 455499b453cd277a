"""A way to the real data server that can fail in every way that a store or a network has."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urlsplit

WORDS = {
    "loading": b"-LOADING Redis is loading the dataset in memory\r\n",
    "misconf": b"-MISCONF Redis is configured to save RDB snapshots, but cannot\r\n",
    "busy": b"-BUSY Redis is busy running a script.\r\n",
    "oom": b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
    "readonly": b"-READONLY You can't write against a read only replica.\r\n",
}
"""Answered to every command."""
LAST_WORDS = {
    "half": b"*3\r\n$5\r\nhal",
    "nonsense": b"\x00\xff no protocol\r\n",
    "max clients": b"-ERR max number of clients reached\r\n",
    "closed": b"",
}
"""Answered once, and then the connection is closed."""
FAULTS = (*WORDS, *LAST_WORDS, "reset", "silent")


class FaultyStore:
    """Listens on a port of its own; `fault` is how it fails now, "" where it does not."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.behind = urlsplit(url)
        self.fault = ""
        self.open: set[socket.socket] = set()
        self.ended = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def fail(self, fault: str) -> None:
        """Fail so from now on, also on connections that were open before."""
        self.fault = fault
        for each in list(self.open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.ended.set()
        self.fail("reset")
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        while not self.ended.is_set():
            with contextlib.suppress(OSError):
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError), accepted, self._secured(accepted) as client:
            self.open.add(client)
            try:
                self._fail_or_pass(client)
            finally:
                self.open.discard(client)

    def _fail_or_pass(self, client: socket.socket) -> None:
        if self.fault:
            self._refuse(client, self.fault)
        else:
            self._pass_on(client)

    def _secured(self, client: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(client, server_side=True) if self.tls else client

    def _refuse(self, client: socket.socket, fault: str) -> None:
        if fault == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        while client.recv(65536):
            if fault in WORDS:
                client.sendall(WORDS[fault])
            elif fault in LAST_WORDS:
                client.sendall(LAST_WORDS[fault])
                return

    def _pass_on(self, client: socket.socket) -> None:
        with _connected(self.behind) as server:
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join()


def _connected(behind: SplitResult) -> socket.socket:
    if behind.scheme != "unix":
        return socket.create_connection((behind.hostname or "", behind.port or 6379))
    server = socket.socket(socket.AF_UNIX)
    server.connect(unquote(behind.path))
    return server


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def faulty_store(url: str, tls: ssl.SSLContext | None = None) -> Iterator[FaultyStore]:
    found = FaultyStore(url, tls)
    try:
        yield found
    finally:
        found.close()
