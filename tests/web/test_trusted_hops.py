"""What a caller writes into `X-Forwarded-*` counts only as far as TRUSTED_PROXIES goes."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests
from flask.testing import FlaskClient

from integration.accounts import api_keys
from integration.app import create
from integration.services import Services
from integration.web.core.admission import FAILURES
from proofs.rig.stack import Stack
from tests.delivery.drains import WORKSPACE

PAGE = "/console/sign-in"
FORGED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "1",
}


def behind(own: Services, proxies: int, public_url: str = "") -> FlaskClient:
    settings = replace(own.settings, trusted_proxies=proxies, public_url=public_url)
    return create(replace(own, settings=settings)).test_client()


def is_locked_out(client: FlaskClient, forwarded: str) -> bool:
    """Whether a guess is refused without a look at the key."""
    headers = {"X-API-Key": "hk_guess", "X-Forwarded-For": forwarded}
    return client.get("/v1/me", headers=headers).status_code == 429


@pytest.mark.parametrize(("proxies", "reached"), [(1, "9.9.9.9"), (2, "9.9.9.9, 10.0.0.1")])
def test_only_the_addresses_that_trusted_proxies_added_tell_who_calls(
    own: Services, proxies: int, reached: str
) -> None:
    client = behind(own, proxies)
    for each in range(FAILURES):
        assert not is_locked_out(client, f"1.2.3.{each}, {reached}")
    assert is_locked_out(client, f"5.6.7.8, {reached}")
    assert not is_locked_out(client, reached.replace("9.9.9.9", "8.8.8.8"))


def test_without_a_proxy_no_header_tells_who_calls(own: Services) -> None:
    client = behind(own, 0)
    for each in range(FAILURES):
        assert not is_locked_out(client, f"1.2.3.{each}")
    assert is_locked_out(client, "5.6.7.8")


@pytest.mark.parametrize("proxies", [1, 2])
def test_the_nearest_proxy_alone_tells_the_scheme_and_none_the_host(
    own: Services, proxies: int
) -> None:
    client = behind(own, proxies)
    _, key = api_keys.create(own.db, WORKSPACE, "tests")
    given = {"target_url": "http://127.0.0.1:9/", "trigger": "inbound-sms"}
    made = client.post("/v1/hooks", json=given, headers={**FORGED, "X-API-Key": key})
    assert made.headers["Location"].startswith("https://localhost/v1/hooks/")


def test_gunicorn_believes_no_header_by_itself(stack: Stack) -> None:
    """It trusts callers on its own machine, unless it is set not to."""
    answer = requests.get(stack.url + PAGE, headers={**FORGED, "SCRIPT_NAME": "/evil"})
    assert answer.ok, answer.text
    assert "secure" not in answer.headers["Set-Cookie"].lower()
    assert "evil" not in answer.text
    contradiction = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off"}
    assert requests.get(stack.url + PAGE, headers=contradiction).ok


@pytest.mark.parametrize(
    ("public_url", "wanted"),
    [("https://sms.example.com", "max-age=31536000"), ("http://127.0.0.1:8000", None), ("", None)],
)
def test_an_https_address_binds_browsers_to_https(
    own: Services, public_url: str, wanted: str | None
) -> None:
    client = behind(own, 0, public_url)
    for path in ("/healthz", "/v1/me", "/v1/triggers/inbound-sms", PAGE, "/nothing"):
        assert client.get(path).headers.get("Strict-Transport-Security") == wanted
