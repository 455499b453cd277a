"""Which addresses we connect to, and to no others: hostile URLs, hostile names, real sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv6Address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.kernel.errors import InvalidInput, ProviderRejected, TargetRefused
from integration.outbound.addresses import AddressRefused, check_url, checked_socket, forbidden
from integration.outbound.provider_http import ProviderHttp
from proofs.rig.hostile import ALLOWED, FORBIDDEN, HOSTILE, NO_ADDRESS
from tests.contract.peers import answering, at, peer

PUBLIC = "93.184.216.34"


def offline(host: str, port: int) -> list[tuple[Any, ...]]:
    """The system's own reading of numbers and local names, without asking any name server."""
    local = host.rstrip(".").lower() in ("localhost", "localhost.localdomain")
    return socket.getaddrinfo(
        "127.0.0.1" if local else host,
        port,
        type=socket.SOCK_STREAM,
        flags=socket.AI_NUMERICHOST,
    )


@pytest.mark.parametrize("address", FORBIDDEN)
def test_a_special_address_is_forbidden(address: str) -> None:
    assert forbidden(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_a_public_address_is_allowed(address: str) -> None:
    assert not forbidden(address)


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_no_address_is_forbidden(address: str) -> None:
    assert forbidden(address)


@given(st.ip_addresses(v=6))
def test_of_ipv6_only_global_unicast_is_allowed(address: IPv6Address) -> None:
    if not forbidden(str(address)):
        assert address in ip_network("2000::/3") or address.ipv4_mapped


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_inside_ipv6(address: object) -> None:
    assert forbidden(f"::ffff:{address}") == forbidden(str(address))
    assert forbidden(f"64:ff9b::{address}")
    assert forbidden(f"::{address}")


def test_there_are_more_than_a_hundred_hostile_urls() -> None:
    assert len(set(HOSTILE)) > 140


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(TargetRefused) as caught:
        check_url(url, allow_private=False, resolve=offline)
    assert caught.value.message.endswith(".")
    assert caught.value.status == 422


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/hooks/1?x=%20#part",
        "HTTPS://EXAMPLE.COM:8443/",
        "https://bücher.example/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
    ],
)
def test_a_public_url_is_accepted(url: str) -> None:
    check_url(url, allow_private=False, resolve=lambda _, port: at(PUBLIC, port))


def test_one_private_address_among_public_ones_refuses_a_name() -> None:
    with pytest.raises(TargetRefused, match="not on the public internet"):
        check_url(
            "https://mixed.example/",
            allow_private=False,
            resolve=lambda _, port: [*at(PUBLIC, port), *at("::ffff:10.0.0.1", port)],
        )


def test_a_name_that_nobody_knows_is_refused() -> None:
    def unknown(host: str, port: int) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(TargetRefused, match=r"nowhere\.example cannot be found"):
        check_url("https://nowhere.example/", allow_private=False, resolve=unknown)
    with pytest.raises(TargetRefused, match="has no address"):
        check_url("https://nowhere.example/", allow_private=False, resolve=lambda *_: [])


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/x", "https://localhost/", "http://[::1]/"])
def test_private_targets_are_accepted_where_they_are_allowed(url: str) -> None:
    check_url(url, allow_private=True, resolve=offline)


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "http://a@127.0.0.1/", "http:///x", "127.0.0.1"]
)
def test_even_then_nonsense_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused):
        check_url(url, allow_private=True, resolve=offline)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_socket_is_opened_for_a_special_address(address: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        checked_socket(at(address)[0])
    # Both readings are relied on: our routes answer it, and clients treat it as no connection.
    assert isinstance(caught.value, InvalidInput)
    assert isinstance(caught.value, OSError)
    assert caught.value.problem() == {"errors": {}}


def test_a_socket_is_opened_for_a_public_address() -> None:
    with checked_socket(at(PUBLIC)[0]) as sock:
        assert sock.family == socket.AF_INET


def client(port: int, resolve: Callable[..., Any], **more: Any) -> ProviderHttp:
    url = f"http://sms.example:{port}"
    return ProviderHttp(url, "Gateway", resolve=resolve, **more)


def test_a_name_that_turns_private_after_the_check_is_not_connected_to() -> None:
    told = iter([at(PUBLIC), at("127.0.0.1"), at("::1"), at("::ffff:127.0.0.1")])

    def rebinding(host: str, port: int) -> list[Any]:
        found = next(told)
        return [(*each[:4], (each[4][0], port, *each[4][2:])) for each in found]

    with peer(answering()) as target:
        check_url(f"https://sms.example:{target.port}/", allow_private=False, resolve=rebinding)
        http = client(target.port, rebinding, trusted=False, allow_private=False)
        for _ in range(3):
            with pytest.raises(ProviderRejected, match="not on the public internet"):
                http.call("POST", "/send", headers={}, json={}, effect=True)
        assert target.connections == 0


def test_a_name_is_asked_once_and_stays_the_name_for_the_other_side() -> None:
    asked = []

    def local(host: str, port: int) -> list[Any]:
        asked.append(host)
        return at("127.0.0.1", port)

    with peer(answering()) as target:
        http = client(target.port, local, trusted=True, allow_private=False)
        http.call("POST", "/send", headers={}, json={}, effect=True)
        http.close()
        assert f"Host: sms.example:{target.port}".encode() in target.requests[0]
    assert asked == ["sms.example"]


def test_an_address_that_is_away_leads_to_the_next_one() -> None:
    with socket.create_server(("127.0.0.2", 0)) as closed:
        away = int(closed.getsockname()[1])
    with peer(answering()) as target:
        both = [*at("127.0.0.2", away), *at("127.0.0.1", target.port)]
        http = client(target.port, lambda *_: both, trusted=False, allow_private=True)
        assert http.call("GET", "/x", headers={}).data == {}
        http.close()
