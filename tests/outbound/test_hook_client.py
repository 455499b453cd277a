"""The client over real sockets, against targets that keep, drop, flood and hang."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from integration.outbound.hook_client import Client, Place
from integration.outbound.http_connection import Failure
from integration.outbound.http_response import Answer
from proofs.rig import certificate as certificate_of
from tests.contract.peers import (
    Serve,
    answering,
    dripping,
    peer,
    pouring,
    resetting,
    saying,
    silent,
)

REQUEST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"
LATE = "Too late."
OK = b"HTTP/1.1 200 OK\r\n"


class Sender:
    def __init__(self, *, check: bool = False) -> None:
        self.client = Client(check=check, late=LATE)

    async def send(self, place: Place, seconds: float = 5.0) -> Answer | Failure:
        done: asyncio.Future[Answer | Failure] = asyncio.get_running_loop().create_future()
        self.client.send(place, REQUEST, seconds, done.set_result)
        return await asyncio.wait_for(done, 30)


def sent(
    serve: Serve | None, times: int = 1, *, seconds: float = 5.0, pause: float = 0.0
) -> tuple[list[Answer | Failure], int, list[bytes]]:
    """The results of so many requests one after another, over how many connections, and what the
    target heard."""

    async def run(port: int) -> list[Answer | Failure]:
        sender, found = Sender(), []
        for _ in range(times):
            found.append(await sender.send(Place(False, "127.0.0.1", port), seconds))
            await asyncio.sleep(pause)
        await sender.client.close()
        return found

    with peer(serve) as target:
        return asyncio.run(run(target.port)), target.connections, target.requests


def statuses(found: list[Answer | Failure]) -> list[int]:
    return [each.status if isinstance(each, Answer) else 0 for each in found]


def test_a_connection_is_kept_for_the_next_request() -> None:
    found, connections, requests = sent(answering(), 3)
    assert statuses(found) == [200, 200, 200]
    assert (connections, requests) == (1, [REQUEST] * 3)


def test_a_connection_that_the_target_closes_is_not_used_again() -> None:
    assert sent(answering(connection="close"), 2)[1] == 2


def test_what_comes_unasked_costs_the_connection_and_answers_nothing() -> None:
    first = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
    forged = b"HTTP/1.1 299 Forged\r\ncontent-length: 0\r\n\r\n"

    def serve(connection: socket.socket, request: bytes) -> None:
        connection.sendall(first)
        connection.sendall(forged)

    found, connections, _ = sent(serve, 2, pause=0.1)
    assert statuses(found) == [200, 200]
    assert connections == 2


def test_a_kept_connection_that_closes_as_we_write_is_replaced_at_once() -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket, request: bytes) -> None:
        heard.append(request)
        if len(heard) == 2:
            resetting(connection, request)
        else:
            answering()(connection, request)

    found, connections, _ = sent(serve, 2)
    assert statuses(found) == [200, 200]
    assert (connections, len(heard)) == (2, 3)


def test_a_connection_that_breaks_is_reported_and_not_tried_again_at_once() -> None:
    [failure], connections, _ = sent(resetting)
    assert isinstance(failure, Failure)
    assert "connection failed" in failure.detail
    assert connections == 1


@pytest.mark.parametrize(
    ("serve", "status"),
    [
        (pouring(OK + b"\r\n", b"x" * 65536), 200),
        (pouring(OK + b"X-Long: ", b"x" * 65536), 0),
        (pouring(OK, b"X-Again: y\r\n" * 1000), 0),
        (pouring(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 64), 0),
        (pouring(b"", b"It works.\n" * 100), 0),
        (dripping(OK + b"Content-Length: 100000\r\n\r\n", b" "), 200),
        (dripping(OK + b"X-Slow: ", b"y"), 0),
        (dripping(b"HTTP/1.1 200 ", b"O"), 0),
        (saying(OK + b"Content-Length: 10\r\n\r\n{"), 200),
        (saying(OK + b"Content-L"), 0),
        (saying(OK + b"\r\n{}"), 200),
        (saying(OK + b"Content-Length: 2, 2\r\n\r\n{}"), 200),
        (saying(OK + b"Transfer-Encoding: chunked\r\n\r\n{}\r\n"), 200),
        (saying(b"HTTP/2 200\r\nContent-Length: 2\r\n\r\n{}"), 0),
        (silent, 0),
    ],
)
def test_a_target_that_misbehaves_ends_as_what_it_said(serve: Serve, status: int) -> None:
    found, connections, _ = sent(serve, seconds=1.5)
    assert statuses(found) == [status]
    assert connections == 1


def test_a_target_that_never_answers_is_late() -> None:
    [failure], _, _ = sent(silent, seconds=0.5)
    assert failure == Failure(detail=LATE)


def test_a_closed_port_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    async def run() -> Answer | Failure:
        sender = Sender()
        found = await sender.send(Place(False, "127.0.0.1", port))
        await sender.client.close()
        return found

    assert asyncio.run(run()) == Failure(detail="Could not connect (ConnectionRefusedError).")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "①②⑦.⓪.⓪.①"])
def test_no_connection_is_made_to_a_forbidden_address(host: str) -> None:
    async def run(port: int) -> Answer | Failure:
        sender = Sender(check=True)
        found = await sender.send(Place(False, host, port))
        await sender.client.close()
        return found

    with peer(answering()) as target:
        failure = asyncio.run(run(target.port))
        assert isinstance(failure, Failure)
        assert "public internet" in failure.detail
        assert target.connections == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For localhost, signed by itself."""
    return certificate_of.make(tmp_path_factory.mktemp("wire") / "own.pem", ["localhost"])


@pytest.mark.parametrize(
    ("trusted", "host", "status"),
    [(True, "localhost", 200), (True, "127.0.0.1", 0), (False, "localhost", 0)],
)
def test_a_certificate_has_to_be_trusted_and_of_that_name(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool, host: str, status: int
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(OK + b"Content-Length: 0\r\n\r\n")
        writer.close()

    async def run() -> Answer | Failure:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        sender = Sender()
        port = server.sockets[0].getsockname()[1]
        found = await sender.send(Place(True, host, port))
        await sender.client.close()
        server.close()
        return found

    found = asyncio.run(run())
    assert statuses([found]) == [status]
    if not status:
        assert found == Failure(detail="Could not connect (SSLCertVerificationError).")
