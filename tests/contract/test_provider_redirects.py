"""What a redirect of a provider tells: whether the call was done, and where the API is."""

from __future__ import annotations

import socket

import pytest

from integration.kernel.errors import OutcomeUnknown, ProviderRejected
from tests.contract.peers import answering, client, peer, send


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("https://api2.example.com/v2/send?key=x", "set it to https://api2.example.com instead"),
        ("https://u:p@api2.example.com:8443/", "set it to https://api2.example.com:8443 instead"),
        ("/login", "redirects to another path"),
        ("http://[::1", "redirects to another path"),
        ("", "redirects to another path"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused_and_not_followed(status: int, place: str, says: str) -> None:
    body = b"x" * 100
    with peer(answering(f"{status} Moved", body, Location=place)) as gateway:
        with pytest.raises(ProviderRejected) as caught:
            send(client(gateway.url), effect=False)
        assert says in caught.value.message
        assert len(gateway.requests) == 1


@pytest.mark.parametrize("status", [307, 308])
def test_a_text_that_is_to_be_sent_elsewhere_was_not_sent(status: int) -> None:
    moved = answering(f"{status} Moved", b"", Location="/v2")
    with peer(moved) as gateway, pytest.raises(ProviderRejected):
        send(client(gateway.url), effect=True)


@pytest.mark.parametrize("status", [301, 302])
@pytest.mark.parametrize("place", ["https://127.0.0.1:{port}/send", "https://a.example/v2/send/"])
def test_a_proxy_that_leads_the_same_call_elsewhere_has_not_done_it(
    status: int, place: str
) -> None:
    def serve(connection: socket.socket, request: bytes) -> None:
        there = place.format(port=gateway.port)
        answering(f"{status} Moved", b"", Location=there)(connection, request)

    says = r"set it to https://[a-z0-9.:]+ instead"
    with peer(serve) as gateway, pytest.raises(ProviderRejected, match=says):
        send(client(gateway.url), effect=True)


@pytest.mark.parametrize(
    ("status", "place"),
    [
        (303, "/texts/42"),
        (301, "/texts/42"),
        (302, "/login"),
        (302, ""),
        (302, "/send?done=1"),
        (304, ""),
        (300, "/a"),
    ],
)
def test_a_text_that_is_answered_with_another_redirect_may_have_been_sent(
    status: int, place: str
) -> None:
    elsewhere = answering(f"{status} Elsewhere", b"", Location=place)
    with peer(elsewhere) as gateway, pytest.raises(OutcomeUnknown) as caught:
        send(client(gateway.url), effect=True)
    assert "base URL" in caught.value.message
    assert "may have been done" in caught.value.message


def test_a_redirect_leads_to_no_second_connection() -> None:
    with peer(answering()) as inner:
        place = answering("307 Temporary", b"", Location=inner.url)
        with peer(place) as gateway, pytest.raises(ProviderRejected):
            send(client(gateway.url))
        assert inner.connections == 0
