"""From where an account's files are fetched, and who gets its login."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from integration.kernel.errors import TargetRefused
from integration.kernel.media import KeepsMedia
from integration.kernel.specs import Answer, Provider
from integration.outbound.media_places import MediaPlaces
from tests.contract.recordings import KINDS

HOME = "https://api.twilio.com/2010-04-01"
PLACES = MediaPlaces(
    label="Twilio",
    base_url=HOME,
    hosts=("*.twiliocdn.com", "files.example.com"),
    login_hosts=("*.ie1.twilio.com",),
)
OPEN = (
    "https://mms.twiliocdn.com/a",
    "https://files.example.com:443/a?b=c",
    "https://A.TwilioCDN.com/x",
)
WITH_LOGIN = (f"{HOME}/a", "https://API.twilio.com:443/", "https://api.dublin.ie1.twilio.com/a")
REFUSED = (
    *("https://evil.example/a", "https://twiliocdn.com/a", "https://eviltwiliocdn.com/a"),
    *("https://api.twilio.com.evil.example/a", "https://x.files.example.com/a"),
    *("https://evil.example/a?x=api.twilio.com", "https://api.twilio.com@evil.example/a"),
    *("http://api.twilio.com/a", "http://mms.twiliocdn.com/a", "https://mms.twiliocdn.com:444/a"),
    *("https://api.twilio.com:8443/a", "file:///etc/passwd", "ftp://mms.twiliocdn.com/a"),
    *("", "/a", "https://", "https://[::1", "https://mms.twiliocdn.com:x/a", "//api.twilio.com/a"),
    *("https://127.0.0.1/a", "https://169.254.169.254/a", "http://u:p@api.twilio.com/a"),
)


class NoHttp:
    """For a provider that is asked for its login alone."""

    def call(self, *_: Any, **__: Any) -> Answer:
        raise AssertionError("no call is made")


@pytest.mark.parametrize("url", WITH_LOGIN)
def test_the_host_of_the_base_url_gets_the_login_and_those_declared_for_it(url: str) -> None:
    assert PLACES.way(url).gets_login


@pytest.mark.parametrize("url", OPEN)
def test_the_other_declared_hosts_get_none(url: str) -> None:
    assert not PLACES.way(url).gets_login


@pytest.mark.parametrize("url", REFUSED)
def test_no_other_address_is_called(url: str) -> None:
    with pytest.raises(TargetRefused):
        PLACES.way(url)


def test_a_private_base_url_is_called_where_the_operator_named_it_and_no_other_place_is() -> None:
    private = replace(PLACES, base_url="http://10.0.0.5:8080")
    assert private.way("http://10.0.0.5:8080/inbox/1").guarded
    trusted = replace(private, trusted=True)
    assert not trusted.way("http://10.0.0.5:8080/inbox/1").guarded
    assert trusted.way("https://mms.twiliocdn.com/a").guarded
    with pytest.raises(TargetRefused):
        trusted.way("http://10.0.0.5:8081/inbox/1")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_a_provider_declares_hosts_that_are_not_everybodys(kind: type[Provider]) -> None:
    if not issubclass(kind, KeepsMedia):
        return
    every = [*kind.media_hosts, *kind.media_login_hosts]
    assert every == [each.lower() for each in every]
    for each in every:
        name = each.removeprefix("*.")
        assert name.count(".") >= 1
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    # A store that many share is never given a login.
    assert not [each for each in kind.media_login_hosts if "amazonaws" in each]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_a_provider_gives_its_login_for_no_other_address(kind: type[Provider]) -> None:
    if not issubclass(kind, KeepsMedia):
        return
    fields = kind.settings().fields.items()
    given = {name: each.metadata["sample"] for name, each in fields if name != "base_url"}
    made = cast("KeepsMedia", kind(given, NoHttp()))
    for path in ("/", "/Balance.json", "/messages"):
        assert made.media_login(f"{kind.base_url}{path}") == {}
