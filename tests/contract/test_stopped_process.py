"""A process that stops on its way to a send and wakes when another process has its job."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from proofs.rig import certificate
from proofs.rig.sandbox import until
from proofs.rig.spawn import spawn
from tests.contract.peers import read_request
from tests.contract.recordings import ROOT

SECONDS = 3.0
CALLER = """
import sys
from integration.kernel.errors import ProviderError
from integration.outbound.pinned_adapter import trusted
from tests.contract.peers import client, send

trusted().load_verify_locations(sys.argv[2])
try:
    send(client(f"https://127.0.0.1:{sys.argv[1]}", deadline=float(sys.argv[3])))
    print("sent")
except ProviderError as error:
    print(type(error).__name__, error.message)
"""


class Gateway:
    """A TLS server that is in no hurry, and what it could read of its caller's request."""

    def __init__(self, certificate: Path, seconds: float) -> None:
        """`seconds` are what its caller has for the whole call."""
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.caller: subprocess.Popen[str] = spawn(
            [sys.executable, "-c", CALLER, str(self.port), str(certificate), str(seconds)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def greeted(self) -> socket.socket:
        """The connection, once the caller has said hello and waits for our answer to that."""
        self.listener.settimeout(60)
        connection, _ = self.listener.accept()
        connection.settimeout(60)
        assert connection.recv(1, socket.MSG_PEEK)
        return connection

    def request_of(self, connection: socket.socket) -> bytes:
        """Shake hands, read the request and answer it."""
        with self.context.wrap_socket(connection, server_side=True) as secure:
            secure.settimeout(60)
            read = read_request(secure)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            return read

    def said(self) -> str:
        return self.caller.communicate(timeout=300)[0].strip()

    def close(self) -> None:
        self.listener.close()
        if self.caller.poll() is None:
            os.kill(self.caller.pid, signal.SIGCONT)
            self.caller.kill()
            self.caller.communicate()


@contextmanager
def called(folder: Path, seconds: float) -> Iterator[Gateway]:
    made = Gateway(certificate.make(folder / "server.pem", (), ("127.0.0.1",)), seconds)
    try:
        yield made
    finally:
        made.close()


def test_a_caller_that_is_not_stopped_sends(tmp_path: Path) -> None:
    with called(tmp_path, 60.0) as gateway:
        assert gateway.request_of(gateway.greeted()).startswith(b"POST /send")
        assert gateway.said() == "sent"


def test_a_caller_that_wakes_after_its_time_sends_nothing(tmp_path: Path) -> None:
    with called(tmp_path, SECONDS) as gateway:
        _wakes_late(gateway)
        assert gateway.said().startswith("ProviderUnavailable")


def _wakes_late(gateway: Gateway) -> None:
    connection = gateway.greeted()
    pid = gateway.caller.pid
    os.kill(pid, signal.SIGSTOP)
    until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, "the caller stopped")
    # Our part of the handshake is all that the caller still waits for.
    secure = gateway.context.wrap_socket(
        connection, server_side=True, do_handshake_on_connect=False
    )
    secure.setblocking(False)
    with pytest.raises(ssl.SSLWantReadError):
        secure.do_handshake()
    time.sleep(SECONDS)
    os.kill(pid, signal.SIGCONT)
    secure.settimeout(60)
    with secure:
        secure.do_handshake()
        assert secure.recv(65536) == b""
