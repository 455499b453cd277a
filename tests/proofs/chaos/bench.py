"""A bench for the fault proxy: a server, callers with raw sockets, and questions for names."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from proofs.chaos.fault_names import host
from proofs.chaos.fault_proxy import FaultProxy
from proofs.rig import certificate

PATIENCE = 60.0
REQUEST, REPLY = b"question " * 40 + b"\n", b"answer " * 50 + b"\n"
A = 1


class Server:
    """Answers each line; keeps what came and how many connections ended."""

    def __init__(self) -> None:
        self.got = b""
        self.ended = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        # A client may be gone when its answer comes.
        with client, contextlib.suppress(ConnectionError):
            while data := client.recv(65536):
                self.got += data
                if data.endswith(b"\n"):
                    client.sendall(REPLY)
        self.ended += 1


@dataclass
class Caller:
    """A client that notes when each piece came; `end` is "fin", "rst" or "" while it is open."""

    port: int
    tls: ssl.SSLContext | None = None
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    end: str = ""

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        if self.tls:
            self.socket = self.tls.wrap_socket(self.socket, server_hostname=host("link"))

    def ask(self, seconds: float = PATIENCE, least: int = len(REPLY)) -> Caller:
        """Send the request and read until the reply is there, the end, or nothing for a while."""
        self.socket.sendall(REQUEST)
        return self.listen(seconds, least)

    def listen(self, seconds: float = PATIENCE, least: int = len(REPLY)) -> Caller:
        self.socket.settimeout(seconds)
        try:
            while len(self.reply) < least and not self.end:
                data = self.socket.recv(65536)
                self.pieces.append((time.monotonic(), data))
                self.end = "" if data else "fin"
        except TimeoutError:
            self.end = ""
        except ConnectionResetError:
            self.end = "rst"
        return self

    @property
    def reply(self) -> bytes:
        return b"".join(data for _, data in self.pieces)


class Bench:
    """A link to a server of our own."""

    def __init__(self, folder: Path) -> None:
        self.callers: list[Caller] = []
        self.server = Server()
        self.proxy = FaultProxy(seed=1)
        self.port = self.proxy.open("link", self.server.address)
        self.certificate = certificate.make(folder / "link.pem", (host("link"),))

    def call(self, kind: str = "", share: float = 1.0) -> Caller:
        self.proxy.set("link", kind, share)
        self.callers.append(Caller(self.port))
        return self.callers[-1]

    def struck(self) -> int:
        return self.proxy.counts()["link"]["struck"]

    def close(self) -> None:
        for each in self.callers:
            each.socket.close()
        self.proxy.stop()
        self.server.close()

    def question(
        self, name: str, kind: int = A, seconds: float = PATIENCE
    ) -> tuple[int, bytes] | None:
        """The code and the records of the name server's answer, None without one in the time."""
        labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
        query = (
            struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, kind, 1)
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(seconds)
            asker.sendto(query, ("127.0.0.1", self.proxy.names_port))
            try:
                answer = asker.recv(512)
            except TimeoutError:
                return None
        assert answer[:2] == query[:2]
        return answer[3] & 15, answer[len(query) :]
