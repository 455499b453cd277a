"""What a failed call proves: faults on real sockets, and the error each becomes."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from integration.kernel.errors import OutcomeUnknown, ProviderUnavailable
from integration.kernel.signs import Signs
from integration.outbound.pinned_adapter import MOST_HEAD, trusted
from proofs.rig import certificate
from tests.contract.peers import (
    KEY,
    Serve,
    answering,
    client,
    dripping,
    peer,
    pouring,
    read_request,
    resetting,
    saying,
    send,
    silent,
)

OK = b"HTTP/1.1 200 OK\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
# What happens after the whole request has arrived: whether it was acted on, nobody knows.
BROKEN: dict[str, Serve] = {
    "hangs up": saying(),
    "resets": resetting,
    "says nothing": silent,
    "drips headers": dripping(OK, b"X-A: b\r\n"),
    "drips one header": dripping(OK + b"X-A: ", b"b"),
    "drips a body": dripping(OK + b"Content-Length: 9999999\r\n\r\n", b" "),
    "drips chunks": dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "repeats 100 Continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "repeats early hints": dripping(b"", HINTS),
    "changes the protocol": saying(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    "pours a body": pouring(OK + b"\r\n", b" " * 65536),
    "pours headers": pouring(OK, b"X-A: b\r\n" * 1000),
    "claims too much": saying(OK + b"Content-Length: 50\r\n\r\n{}"),
    "breaks a chunk": saying(OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}"),
    "speaks no HTTP": saying(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "is HTML": answering(body=b"<html>Welcome to our hotel</html>"),
    "is half JSON": answering(body=b'{"id": 4'),
    "is deep JSON": answering(body=b"[" * 200_000),
    "is a bomb": answering(body=gzip.compress(b" " * 50_000_000), Content_Encoding="gzip"),
    "is no gzip": answering(body=b"{}", Content_Encoding="gzip"),
    "fails itself": answering("500 Internal Server Error", b'{"message": "x"}'),
    "is a bad gateway": answering("502 Bad Gateway", b"<html>"),
    "is busy without a time": answering("503 Service Unavailable"),
    "times out behind": answering("504 Gateway Timeout"),
    "has a status of its own": answering("799 Odd"),
}


@pytest.mark.parametrize("fault", BROKEN)
class TestBrokenAnswer:
    def test_an_effect_may_have_happened(self, fault: str) -> None:
        with peer(BROKEN[fault]) as gateway, pytest.raises(OutcomeUnknown, match="had left"):
            send(client(gateway.url))
        assert len(gateway.requests) == 1, "an effect is never sent a second time"

    def test_a_question_may_be_asked_again_and_shows_nothing_of_itself(
        self, fault: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        asked = {"phone": "+14155550123"}
        with peer(BROKEN[fault]) as gateway, pytest.raises(ProviderUnavailable) as caught:
            send(client(gateway.url), effect=False, params=asked)
        shown: list[BaseException | None] = [caught.value]
        while shown[-1]:
            shown.append(shown[-1].__cause__)
        everything = f"{shown} {caplog.text}"
        assert len(shown) > 1
        assert [each for each in ("4155550123", KEY, "table") if each in everything] == []


@pytest.mark.parametrize("status", ["100 Continue", "102 Processing", "103 Early Hints"])
def test_an_interim_answer_is_not_taken_for_the_final_one(status: str) -> None:
    interim = f"HTTP/1.1 {status}\r\nX-A: b\r\n\r\n".encode()
    final = OK + b'Content-Length: 9\r\n\r\n{"id": 7}'
    with peer(saying(interim * 3, final)) as gateway:
        assert send(client(gateway.url)).data == {"id": 7}
    assert len(gateway.requests) == 1


def test_a_flood_of_interim_answers_ends_long_before_the_time_does() -> None:
    poured = 0

    def flood(connection: socket.socket, _: bytes) -> None:
        nonlocal poured
        while True:
            connection.sendall(HINTS * 1000)
            poured += len(HINTS) * 1000

    with peer(flood) as gateway, pytest.raises(OutcomeUnknown):
        send(client(gateway.url, deadline=20.0))
    # What the system buffers between the two comes on top of what was read.
    assert poured < MOST_HEAD + 16 * 1024 * 1024


@pytest.mark.parametrize("effect", [True, False])
class TestNothingLeft:
    def refused(self, url: str, effect: bool, **more: Any) -> None:
        with pytest.raises(ProviderUnavailable, match="cannot be reached; nothing was sent"):
            send(client(url, **more), effect=effect)

    def test_nobody_listens(self, effect: bool) -> None:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        self.refused(f"http://127.0.0.1:{port}", effect)

    def test_the_name_is_unknown(self, effect: bool) -> None:
        def unknown(host: str, port: int) -> Any:
            raise socket.gaierror(socket.EAI_AGAIN, "try again")

        self.refused("http://sms.example", effect, resolve=unknown)
        self.refused("http://sms.example", effect, resolve=lambda *_: [])
        self.refused(f"http://{'a' * 70}.example", effect)

    def test_a_connection_does_not_come_about_in_time(self, effect: bool) -> None:
        # A full backlog: the system takes the first, and the others wait without end.
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
            address = full.getsockname()
            waiting = [socket.socket() for _ in range(4)]
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(address)
            self.refused(f"http://127.0.0.1:{address[1]}", effect, deadline=0.5)
            for each in waiting:
                each.close()

    def test_the_other_side_speaks_no_tls(self, effect: bool) -> None:
        with peer(answering()) as gateway:
            self.refused(gateway.url.replace("http:", "https:"), effect, deadline=1.0)

    def test_a_handshake_never_ends(self, effect: bool) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.refused(f"https://127.0.0.1:{listener.getsockname()[1]}", effect, deadline=0.5)

    def test_the_certificate_is_nobodys(self, effect: bool, tmp_path: Path) -> None:
        with tls_server(tmp_path) as (port, seen):
            self.refused(f"https://sms.example:{port}", effect, resolve=here)
        assert seen == []

    def test_the_certificate_names_a_different_host(self, effect: bool, tmp_path: Path) -> None:
        with tls_server(tmp_path) as (port, seen):
            trusted().load_verify_locations(tmp_path / "server.pem")
            self.refused(f"https://other.example:{port}", effect, resolve=here)
        assert seen == []


@pytest.mark.parametrize("effect", [True, False])
def test_a_host_that_the_shared_list_of_authorities_vouches_for_is_asked(
    effect: bool, tmp_path: Path
) -> None:
    with tls_server(tmp_path) as (port, seen):
        trusted().load_verify_locations(tmp_path / "server.pem")
        send(client(f"https://sms.example:{port}", resolve=here), effect=effect)
    assert seen[0].startswith(b"POST ")


def here(_: str, port: int) -> Any:
    return socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)


@contextmanager
def tls_server(folder: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A TLS server with a certificate that nobody vouches for; what it could read of requests."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.make(folder / "server.pem", ("sms.example",)))
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    with context.wrap_socket(connection, server_side=True) as secure:
                        seen.append(read_request(secure))
                        secure.sendall(OK + b"Content-Length: 2\r\n\r\n{}")
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listener.getsockname()[1]), seen
        thread.join(30)


@pytest.mark.parametrize("undone", [True, False])
def test_a_provider_says_whether_it_has_done_nothing_when_busy(undone: bool) -> None:
    signs = Signs(ids=("id",), busy_is_undone=undone)
    expected = ProviderUnavailable if undone else OutcomeUnknown
    with peer(answering("503 Service Unavailable", b"later", Retry_After="30")) as gateway:
        with pytest.raises(expected) as caught:
            send(client(gateway.url, signs=signs))
        assert (caught.value.retry_after, caught.value.upstream_status) == (30, 503)
        with pytest.raises(ProviderUnavailable):
            send(client(gateway.url, signs=signs), effect=False)
