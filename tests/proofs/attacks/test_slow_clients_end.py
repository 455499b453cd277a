"""What gunicorn leaves unbounded ends: a body that drips, an answer that nobody reads."""

from __future__ import annotations

import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from proofs.attacks.inbound_wire import exchange, served
from proofs.rig.sandbox import ROOT, until
from proofs.rig.spawn import spawn

CONFIG = """
from integration.runtime import gunicorn_worker
gunicorn_worker.BODY_SECONDS = gunicorn_worker.WRITE_SECONDS = 1.0
worker_class, bind, keepalive = gunicorn_worker.BoundedWorker, "127.0.0.1:0", 1
control_socket_disable = True
"""
APP = """
from flask import Flask, request
app = Flask("tiny")
@app.post("/")
def take():
    return str(len(request.get_data()))
@app.get("/")
def give():
    return "x" * 20_000_000
"""
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    folder = tmp_path_factory.mktemp("patience")
    (folder / "config.py").write_text(CONFIG)
    (folder / "tiny.py").write_text(APP)
    log = folder / "log"
    command = [sys.executable, "-m", "gunicorn", "-c", str(folder / "config.py")]
    command += ["--pythonpath", str(folder), "tiny:app"]
    with log.open("wb") as out:
        process = spawn(command, cwd=ROOT, stdout=out, stderr=out)
    try:
        yield until(lambda: _port(log), "gunicorn's port"), process.pid
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def port(server: tuple[int, int]) -> int:
    return server[0]


def _port(log: Path) -> int | None:
    found = re.search(r"Listening at: http://127.0.0.1:(\d+)", log.read_text())
    return int(found[1]) if found else None


def _dripping(first: bytes) -> Iterator[bytes]:
    yield first
    for _ in range(600):
        time.sleep(0.1)
        yield b"a"


def test_a_whole_body_is_taken(port: int) -> None:
    assert exchange(port, [HEAD + b"Content-Length: 3\r\n\r\nabc"], deadline=30).body == b"3"


def test_a_body_that_drips_is_answered_408(port: int) -> None:
    dripping = _dripping(HEAD + b"Content-Length: 9999\r\n\r\n")
    assert exchange(port, dripping, deadline=50).status == 408


def test_a_header_that_drips_is_cut_off(port: int) -> None:
    assert exchange(port, _dripping(HEAD + b"X-Slow: "), deadline=50).status == 0


@pytest.mark.parametrize("end", [b"ZZ\r\n\r\n", b"5\r\nabcdeXX", b"0\r\nno colon\r\n\r\n"])
def test_a_broken_chunk_is_the_callers_mistake(port: int, end: bytes) -> None:
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    assert exchange(port, [chunked + end], deadline=30).status == 400


def test_what_is_not_http_is_refused_in_json_and_without_an_echo(port: int) -> None:
    reply = exchange(port, [b"GET /secret-token HTTP/9.9\r\n\r\n"], deadline=30)
    assert reply.status == 400
    assert b'"status": 400' in reply.body
    assert b"secret-token" not in reply.body


def test_an_answer_that_nobody_reads_is_given_up(server: tuple[int, int]) -> None:
    with socket.create_connection(("127.0.0.1", server[0])) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        ours = {int(wire.getsockname()[1])}
        children = psutil.Process(server[1]).children()
        until(lambda: ours & served(children), "the connection to be taken")
        until(lambda: not ours & served(children), "the server to give it up")


def test_the_process_serves_others_meanwhile(port: int) -> None:
    slow = threading.Thread(target=exchange, args=(port, _dripping(HEAD), 5))
    slow.start()
    assert exchange(port, [HEAD + b"Content-Length: 1\r\n\r\na"], deadline=30).body == b"1"
    slow.join()
