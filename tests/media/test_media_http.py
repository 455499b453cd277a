"""Files are fetched with the login of the account, which no redirect takes to another host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integration.kernel.errors import ProviderRejected, ProviderUnavailable
from integration.outbound import media_http
from integration.outbound.media_http import MOST_BYTES, MediaHttp
from integration.outbound.media_places import MediaPlaces
from proofs.rig.receiver import Reply
from tests.media.keeper import PNG
from tests.media.servers import Server, by_name, moved

LOGIN = {"Authorization": "Basic c2VjcmV0"}
SECONDS = 60.0


@pytest.fixture
def fetch(home: Server) -> Callable[[str], media_http.File]:
    places = MediaPlaces(
        label="Twilio", base_url=home.base, hosts=("localhost",), allow_private=True
    )
    return lambda url: MediaHttp(places, SECONDS).fetch(url, LOGIN)


def test_a_file_comes_with_its_type(home: Server, fetch: Callable[[str], media_http.File]) -> None:
    assert fetch(f"{home.base}/a") == (PNG, "image/png")
    assert home.logins() == [("/a", LOGIN["Authorization"])]


@pytest.mark.parametrize("status", media_http.MOVED)
def test_a_redirect_to_a_declared_host_is_followed_without_the_login(
    home: Server, other: Server, fetch: Callable[[str], media_http.File], status: int
) -> None:
    home.plan["/a"] = moved(by_name(other, "/b?c=d"), status)
    assert fetch(f"{home.base}/a").data == PNG
    assert other.logins() == [("/b?c=d", None)]


def test_a_redirect_within_the_host_keeps_the_login(
    home: Server, fetch: Callable[[str], media_http.File]
) -> None:
    home.plan["/a"] = moved("/b")
    fetch(f"{home.base}/a")
    assert home.logins()[1] == ("/b", LOGIN["Authorization"])


def test_a_redirect_from_an_open_host_to_the_account_gets_no_login(
    home: Server, other: Server, fetch: Callable[[str], media_http.File]
) -> None:
    other.plan["/a"] = moved(f"{home.base}/Balance.json")
    fetch(by_name(other, "/a"))
    assert home.logins() == [("/Balance.json", None)]


def test_an_undeclared_host_is_not_called(
    home: Server, other: Server, fetch: Callable[[str], media_http.File]
) -> None:
    home.plan["/a"] = moved(f"{other.base}/b")
    for url in (f"{home.base}/a", f"{other.base}/b"):
        with pytest.raises(ProviderRejected) as refused:
            fetch(url)
        assert refused.value.upstream_status == 0
    assert other.all == []


def test_a_private_address_is_not_called(home: Server) -> None:
    places = MediaPlaces(label="Twilio", base_url=home.base)
    with pytest.raises(ProviderRejected) as refused:
        MediaHttp(places, SECONDS).fetch(f"{home.base}/a", LOGIN)
    assert refused.value.message == "127.0.0.1 is not on the public internet."
    assert home.all == []


@pytest.mark.parametrize(
    ("reply", "error", "status"),
    [
        (Reply(status=404), ProviderRejected, 404),
        (Reply(status=401), ProviderRejected, 401),
        (Reply(status=429), ProviderUnavailable, 429),
        (Reply(status=500), ProviderUnavailable, 500),
        (Reply(status=200), ProviderUnavailable, 0),
        (Reply(status=200, body=b"x" * (MOST_BYTES + 1)), ProviderRejected, 0),
        (Reply(status=302), ProviderRejected, 302),
        (moved("http://[::1"), ProviderRejected, 0),
        (moved("/a"), ProviderRejected, 0),
    ],
)
def test_what_is_no_file_is_an_error_that_tells_whether_to_ask_again(
    home: Server,
    fetch: Callable[[str], media_http.File],
    reply: Reply,
    error: type[Exception],
    status: int,
) -> None:
    home.plan["/a"] = reply
    with pytest.raises(error) as caught:
        fetch(f"{home.base}/a")
    assert getattr(caught.value, "upstream_status", None) == status


def test_a_host_that_is_away_is_asked_again(
    home: Server, fetch: Callable[[str], media_http.File]
) -> None:
    home.close()
    with pytest.raises(ProviderUnavailable):
        fetch(f"{home.base}/a")
