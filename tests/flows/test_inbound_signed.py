"""Webhooks that are signed forms, come by GET, are large, or want an answer of their own.

The service has one more provider, the example of `tests/fixtures/extensions/providers/acme.py`.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World
from tests.console.visitor import Visitor
from tests.contract.new_checkout import add, copied
from tests.contract.new_kinds import KINDS

SECRET = "whs_of_the_test_0123456789"
TEXT = {"Id": "m_1", "From": "+14155550123", "Text": "Yes, see you at 5 😀"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service of a checkout with Acme."""
    checkout = copied(tmp_path_factory.mktemp("checkout"))
    [acme] = [kind for kind in KINDS if kind.key == "acme"]
    add(acme, checkout, whole=False)
    running = Stack(tmp_path_factory.mktemp("stack"), checkout)
    yield running
    running.stop()


@pytest.fixture
def world(stack: Stack) -> Iterator[World]:
    found = stack.workspace()
    # The account itself is not asked: nothing answers there.
    given = {"api_key": f"acme_{found.name}", "project": "shop", "base_url": "http://127.0.0.1:9"}
    answer = found.post("/v1/connections", provider="acme", signing_secret=SECRET, **given)
    assert answer.status_code == 201, answer.text
    yield found
    found.leave()


def connection(world: World) -> dict[str, Any]:
    [found] = world.get("/v1/connections")["data"]
    return dict(found)


def signed(url: str, body: str, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    made = hmac.new(secret.encode(), f"{stamp} {url} {body}".encode(), "sha256").hexdigest()
    return {"X-Acme-Timestamp": stamp, "X-Acme-Signature": made}


def push(
    world: World, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> requests.Response:
    """A webhook by POST, rightly signed unless other `headers` are given."""
    url, body = connection(world)["ingress_url"], urlencode(fields)
    given = signed(url, body) if headers is None else headers
    return requests.post(url, data=body, headers={**FORM, **given}, timeout=90)


def texts(world: World) -> list[str]:
    return [each["message"] for each in world.inbox()]


def kept(world: World) -> list[Any]:
    return list(world.stack.db.lrange(keys.unreadable(world.name), 0, -1))


def counted(world: World, name: str) -> float:
    page = requests.get(f"{world.stack.url}/metrics", timeout=90).text
    found = re.search(rf'^hookline_{name}_total{{provider="acme"}} (\S+)$', page, re.MULTILINE)
    assert found, name
    return float(found[1])


def test_a_signed_form_is_committed_and_answered_as_its_provider_wants(world: World) -> None:
    answer = push(world, TEXT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Length" not in answer.headers
    assert texts(world) == [TEXT["Text"]]
    assert connection(world)["last_refused"] is None


@pytest.mark.parametrize(
    "forge",
    [
        lambda url, body: {},
        lambda url, body: signed(url, body, secret="whs_of_somebody_else"),
        lambda url, body: signed(url, body + "&"),
        lambda url, body: signed(url.replace("http://", "https://"), body),
        lambda url, body: signed(url, body, at=time.time() - 400),
        lambda url, body: {**signed(url, body), "X-Acme-Signature": ""},
    ],
    ids=["unsigned", "other-secret", "other-body", "other-address", "late", "blank"],
)
def test_a_false_signature_is_refused_and_nothing_of_it_is_kept(world: World, forge: Any) -> None:
    before = counted(world, "webhooks_refused")
    made = forge(connection(world)["ingress_url"], urlencode(TEXT))
    answer = push(world, TEXT, made)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:hookline:problem:webhook-refused"
    said = [SECRET, "see you", "14155550123", made.get("X-Acme-Signature") or "never"]
    assert not [each for each in said if each in answer.text]
    assert (texts(world), kept(world)) == ([], [])
    assert "signature" in connection(world)["last_refused"]["reason"]
    assert connection(world)["unreadable"] == 0
    until(lambda: counted(world, "webhooks_refused") > before, "the count")


def test_a_refusal_is_on_the_overview_and_on_the_page_of_its_connection(world: World) -> None:
    assert push(world, TEXT, {}).status_code == 401
    lines = world.get("/v1/overview")["lines"]
    assert [each["do"] for each in lines if "signature" in each["detail"]] == [
        "Compare the secret for signatures in its settings with the provider's."
    ]
    user = Visitor(world.stack)
    user.sign_in(world.key)
    page = user.get(f"/console/connections/{connection(world)['id']}").text
    assert "A webhook came whose signature was missing or wrong." in page


def test_a_forged_form_that_cannot_be_read_is_refused_too(world: World) -> None:
    answer = push(world, {f"field{number}": "x" for number in range(3000)}, {})
    assert answer.status_code == 401
    assert kept(world) == []


def test_a_signed_form_that_is_not_understood_is_kept_and_answered_as_wanted(world: World) -> None:
    assert push(world, {"Text": "Nobody"}).status_code == 204
    assert len(kept(world)) == 1
    assert connection(world)["last_unreadable"]["reason"] == "This webhook has no sender."


def test_a_changed_secret_holds_from_the_next_webhook_on(world: World) -> None:
    assert push(world, TEXT).status_code == 204
    path = f"/v1/connections/{connection(world)['id']}"
    given = {"signing_secret": SECRET + "2"}
    assert world.call("PATCH", path, json=given).ok
    for _ in range(3):
        assert push(world, {**TEXT, "To": "again"}).status_code == 401
    url, body = connection(world)["ingress_url"], urlencode({**TEXT, "Text": "New"})
    for _ in range(3):
        headers = {**FORM, **signed(url, body, secret=SECRET + "2")}
        assert requests.post(url, data=body, headers=headers, timeout=90).status_code == 204
    assert texts(world)[0] == "New"


def test_a_body_as_large_as_the_provider_sends_is_committed_and_a_larger_one_is_not(
    world: World,
) -> None:
    before = counted(world, "webhooks_too_large")
    assert push(world, {**TEXT, "Picture": "x" * 300_000}).status_code == 204
    assert texts(world) == [TEXT["Text"]]
    answer = push(world, {**TEXT, "Id": "m_2", "Picture": "x" * 1_100_000})
    assert answer.status_code == 413
    assert "1024 KiB" in answer.json()["message"]
    assert (texts(world), kept(world)) == ([TEXT["Text"]], [])
    until(lambda: counted(world, "webhooks_too_large") > before, "the count")


def test_a_webhook_by_get_is_read_from_its_query(world: World) -> None:
    url = f"{connection(world)['ingress_url']}?{urlencode(TEXT)}"
    assert requests.get(url, headers=signed(url, ""), timeout=90).status_code == 204
    assert texts(world) == [TEXT["Text"]]
    assert requests.get(url + "&x=1", headers=signed(url, ""), timeout=90).status_code == 401


def test_a_challenge_is_echoed_as_plain_text_that_no_browser_runs(world: World) -> None:
    url, asked = connection(world)["ingress_url"], "<script>alert(1)</script>"
    answer = requests.get(url, params={"challenge": asked}, timeout=90)
    assert (answer.status_code, answer.text) == (200, asked)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert kept(world) == []


def test_another_method_is_405_and_names_those_of_the_provider(world: World) -> None:
    url = connection(world)["ingress_url"]
    assert requests.put(url, timeout=90).status_code == 405
    pairfon = world.connect_pairfon()
    [other] = [each for each in world.get("/v1/connections")["data"] if each["id"] == pairfon]
    answer = requests.get(other["ingress_url"], timeout=90)
    assert answer.status_code == 405
    assert "GET" not in answer.headers["Allow"]
