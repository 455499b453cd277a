"""Authentication, permissions and rate limits of all three APIs."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from proofs.rig.sandbox import Sandbox

PROFILE = "/cloud-messaging/api/api/http/v3/http/profile"
DEVICES = "/pairfon/chat/devices"
_addresses = itertools.count(os.getpid() % 200)


class From(HTTPAdapter):
    """Calls from a chosen loopback address, because failed keys are counted by address."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, source_address=(self._address, 0), **named)


@pytest.fixture
def stranger() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", From(f"127.0.7.{next(_addresses) % 250 + 2}"))
        yield session


@pytest.mark.parametrize(
    ("path", "header"),
    [
        (DEVICES, None),
        (DEVICES, "Bearer nonsense"),
        (DEVICES, "Bearer pf_1"),
        (DEVICES, "Bearer cm_of_another_provider"),
        (DEVICES, "Api-Key pf_good_key_1"),
        (DEVICES, "pf_good_key_1"),
        (PROFILE, None),
        (PROFILE, "Bearer cm_good_key_1"),
        (PROFILE, "Api-Key pf_of_another_provider"),
        ("/ultimate-sms/api/v3/me", "Api-Key us_good_key_1"),
        ("/pairfon/no/such/route", None),
    ],
)
def test_a_missing_or_foreign_key_is_401(
    sandbox: Sandbox, stranger: requests.Session, path: str, header: str | None
) -> None:
    headers = {"Authorization": header} if header else {}
    answer = stranger.get(sandbox.url + path, headers=headers)
    assert answer.status_code == 401
    assert "API key" in answer.json()["message"]
    assert ("status" in answer.json()) == (path.split("/")[1] != "pairfon")
    assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} <= set(answer.headers)


def test_a_revoked_key_is_401(sandbox: Sandbox, phone_key: str, stranger: requests.Session) -> None:
    headers = {"Authorization": f"Bearer {phone_key}"}
    assert stranger.get(sandbox.url + DEVICES, headers=headers).status_code == 200
    sandbox.control("PUT", phone_key, "settings", {"revoked": True})
    assert stranger.get(sandbox.url + DEVICES, headers=headers).status_code == 401


def test_a_denied_route_is_403_and_the_others_serve(sandbox: Sandbox, office_key: str) -> None:
    sandbox.control("PUT", office_key, "settings", {"denied": ["/mms/"]})
    path = PROFILE.replace("profile", "mms/send")
    answer = sandbox.call("POST", path, office_key, json={})
    assert (answer.status_code, answer.json()["status"]) == (403, "error")
    assert sandbox.call("GET", PROFILE, office_key).status_code == 200


def test_sixteen_failed_keys_from_one_address_are_429_and_a_good_key_still_serves(
    sandbox: Sandbox, stranger: requests.Session, phone_key: str
) -> None:
    bad = {"Authorization": "Bearer nonsense"}
    answers = [stranger.get(sandbox.url + DEVICES, headers=bad) for _ in range(16)]
    assert [each.status_code for each in answers] == [401] * 15 + [429]
    assert answers[0].headers["RateLimit-Limit"] == "15"
    assert 840 < int(answers[-1].headers["Retry-After"]) <= 900
    good = {"Authorization": f"Bearer {phone_key}"}
    assert stranger.get(sandbox.url + DEVICES, headers=good).status_code == 200
    sandbox.web.delete(f"{sandbox.url}/_control/auth-failures").raise_for_status()
    assert stranger.get(sandbox.url + DEVICES, headers=bad).status_code == 401


def test_the_hundred_and_first_request_in_a_minute_is_429(sandbox: Sandbox, phone_key: str) -> None:
    # A window of an hour, so that a slow machine cannot slip into the next one.
    sandbox.control("PUT", phone_key, "settings", {"rate_window": 3600})
    answers = [sandbox.call("GET", DEVICES, phone_key) for _ in range(101)]
    assert [each.status_code for each in answers] == [200] * 100 + [429]
    left = [int(each.headers["RateLimit-Remaining"]) for each in answers]
    assert left == [*range(99, -1, -1), 0]
    last = answers[-1]
    assert last.headers["RateLimit-Limit"] == "100"
    assert last.headers["Retry-After"] == last.headers["RateLimit-Reset"]
    assert "Retry-After" not in answers[0].headers
    assert set(last.json()) == {"message"}


def test_a_window_ends_when_its_reset_says(sandbox: Sandbox, office_key: str) -> None:
    sandbox.control("PUT", office_key, "settings", {"rate_limit": 1, "rate_window": 1})
    codes = [sandbox.call("GET", PROFILE, office_key).status_code]
    while codes[-1] != 429:
        codes.append(sandbox.call("GET", PROFILE, office_key).status_code)
    while codes[-1] != 200:
        codes.append(sandbox.call("GET", PROFILE, office_key).status_code)
    assert set(codes) == {200, 429}


def test_every_refusal_carries_the_rate_headers(sandbox: Sandbox, office_key: str) -> None:
    for path in (PROFILE + "/none", PROFILE):
        answer = sandbox.call("POST", path, office_key)
        assert answer.status_code == 404
        assert answer.headers["RateLimit-Limit"] == "100"
