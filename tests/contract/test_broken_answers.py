"""Answers that break off or are malformed: their outcome, and what of them reaches the log."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from integration.store import client as store

ROOT = Path(__file__).resolve().parents[2]
CALL = """
import sys
from integration.outbound import provider_http
from integration.runtime import logs
logs.configure("INFO", "worker")
http = provider_http.ProviderHttp(sys.argv[1], "Pairfon", trusted=True, allow_private=True)
try:
    http.call("GET", "/chat/messages", headers={}, params={"phone": "+14155550142"})
except provider_http.ProviderUnavailable:
    pass
"""


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that gives each connection this answer and ends it; yields `host:port`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(65536)
                    client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_an_answer_cut_within_its_headers_puts_no_number_into_the_log() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nRateLimit-Rema") as place:
        command = [sys.executable, "-c", CALL, f"http://{place}"]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "4155550142" not in ran.stderr


def test_a_store_that_answers_garbage_counts_as_away() -> None:
    with answering(b"\x16\x03\x03garbage") as place:
        db = store.connect(f"redis://{place}/0")
        with pytest.raises(RedisError) as caught:
            db.ping()
        db.close()
    assert store.is_unable(caught.value)
