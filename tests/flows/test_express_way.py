"""The express way and Flask answer the same call in the same way, to the byte."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

import pytest
import requests

from proofs.rig.sink import ingress_url
from proofs.rig.stack import World

TIMES = re.compile(r'"(id|job_id|batch_id|created_at|updated_at|at)":"[^"]*"')
LEFT = ("ratelimit-remaining", "ratelimit-reset")
OWN = ("date", "connection", "server", "x-request-id", "x-batch-id", *LEFT)
"""What no two answers have in common; their presence is compared."""
MESSAGE = {"phone": "+14155550123", "message": "hello", "received_at": "2026-03-01T09:00:00Z"}
LARGE = b'{"message":"' + b"x" * 270_000 + b'"}'


def both(
    world: World, method: str, path: str, headers: dict[str, Any], body: Any = None
) -> tuple[requests.Response, requests.Response]:
    """The answer of the express way and that of Flask, which a doubled slash leads to."""
    with requests.Session() as web:
        web.trust_env = False
        plain, doubled = (
            web.request(
                method,
                world.stack.url + "/" * again + path,
                headers=headers,
                data=(part for part in [body]) if headers.get("chunked") else body,
                timeout=90,
            )
            for again in (False, True)
        )
    return plain, doubled


def told(answer: requests.Response) -> tuple[int, str, dict[str, str]]:
    text = TIMES.sub(r'"\1":"…"', answer.text)
    text = text.replace(answer.headers["X-Request-Id"], "…")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return answer.status_code, text, headers | {name: "…" for name in OWN if name in headers}


POLLS = [
    ("GET", "/v1/triggers/inbound-sms"),
    ("GET", "/v1/triggers/inbound_sms?limit=2"),
    ("GET", "/v1/triggers/inbound-sms?limit=2&cursor=c1x0"),
    ("GET", "/v1/triggers/inbound-sms?limit=2&cursor=cffffffffffx0"),
    ("GET", "/v1/triggers/inbound-sms?cursor=nonsense"),
    ("GET", "/v1/triggers/inbound-sms?limit=0"),
    ("GET", "/v1/triggers/inbound-sms?limit=2&limit=3"),
    ("GET", "/v1/triggers/inbound-sms?no_such=1"),
    ("GET", "/v1/triggers/inbound-sms?contains=%FFh%C3%A9&phone=+14155550123"),
    ("GET", "/v1/triggers/inbound-sms?contains=hello"),
    ("GET", "/v1/triggers/inbound-sms?connection=conn_nobody"),
    ("GET", "/v1/triggers/latest-sms"),
    ("GET", "/v1/triggers/latest-sms?contains=nothing"),
    ("GET", "/v1/triggers/new-conversation"),
    ("GET", "/v1/triggers/message-status"),
    ("GET", "/v1/triggers/device-status"),
    ("GET", "/v1/triggers/no-such"),
    ("GET", "/v1/triggers/%C3%A9"),
    ("GET", "/v1/triggers/inbound-sms/"),
    ("GET", "/v1/triggers/inbound-sms/sample"),
    ("GET", "/v1/triggers/"),
    ("HEAD", "/v1/triggers/inbound-sms"),
    ("OPTIONS", "/v1/triggers/inbound-sms"),
    ("POST", "/v1/triggers/inbound-sms"),
]


@pytest.fixture
def told_of(world: World) -> World:
    """A workspace that has received three texts."""
    world.connect_pairfon()
    for text in ("hello", "héllo ☎", "third"):
        requests.post(ingress_url(world), json={**MESSAGE, "message": text}, timeout=90)
    return world


@pytest.mark.parametrize(("method", "path"), POLLS)
def test_a_poll_is_answered_alike(told_of: World, method: str, path: str) -> None:
    headers = {"Authorization": f"Bearer {told_of.key}"}
    plain, doubled = both(told_of, method, path, headers)
    assert told(plain) == told(doubled)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer hk_nobodys"},
        {"Authorization": "Basic abc"},
        {"Authorization": "api-key KEY"},
        {"X-API-Key": "KEY"},
        {"X-API-Key": "KEY", "X-Request-Id": "given-by-the-caller"},
        {"X-API-Key": "KEY", "X-Request-Id": "bad id"},
    ],
)
def test_every_caller_is_let_in_or_refused_alike(told_of: World, headers: dict[str, str]) -> None:
    given = {name: value.replace("KEY", told_of.key) for name, value in headers.items()}
    plain, doubled = both(told_of, "GET", "/v1/triggers/inbound-sms?limit=0", given)
    assert told(plain) == told(doubled)
    told_of.stack.forgive()


BODIES = [
    json.dumps(MESSAGE).encode(),
    json.dumps([MESSAGE, {**MESSAGE, "message": "2"}]).encode(),
    json.dumps({"data": [MESSAGE]}).encode(),
    b"",
    b"{",
    b"[1]",
    b'{"message":"a","message":"b"}',
    b'{"message":"\\ud800"}',
    b"\xff",
    b"[" * 100_000,
    LARGE,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:20].decode("latin-1"))
@pytest.mark.parametrize(
    "headers",
    [{}, {"Content-Encoding": "gzip"}, {"User-Agent": "Hookline/1"}, {"chunked": "1"}],
    ids=lambda headers: next(iter(headers), "plain"),
)
def test_a_webhook_is_answered_alike(world: World, headers: dict[str, str], body: bytes) -> None:
    world.connect_pairfon()
    path = ingress_url(world).removeprefix(world.stack.url)
    plain, doubled = both(world, "POST", path, headers, body)
    assert told(plain) == told(doubled)


@pytest.mark.parametrize(
    "path",
    ["/ingress/pairfon/none", "/ingress/pairfon/none/", "/ingress/pairfon", "/ingress//none"],
)
def test_an_address_of_nobody_is_answered_alike(world: World, path: str) -> None:
    plain, doubled = both(world, "POST", path, {}, b"{}")
    assert told(plain) == told(doubled)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_without_a_key_no_method_is_let_in(world: World, method: str) -> None:
    for each in both(world, method, "/v1/triggers/inbound-sms?limit=0", {}):
        assert each.status_code == (405 if method == "POST" else 401)
    world.stack.forgive()


def test_a_removed_connection_takes_no_webhook_more(world: World) -> None:
    connection = world.connect_pairfon()
    path = ingress_url(world).removeprefix(world.stack.url)
    bodies = [json.dumps({**MESSAGE, "message": "before"}).encode(), b"{", b"[]"]
    for body in bodies:
        assert all(each.ok for each in both(world, "POST", path, {}, body))
    world.call("DELETE", f"/v1/connections/{connection}")
    for body in [*bodies, json.dumps({**MESSAGE, "message": "after"}).encode()]:
        answers = both(world, "POST", path, {}, body)
        assert [each.status_code for each in answers] == [404, 404]


def test_a_revoked_key_is_refused_at_its_next_call(world: World) -> None:
    made = world.post("/v1/keys", name=secrets.token_hex(4)).json()
    headers = {"X-API-Key": made["key"]}
    path = "/v1/triggers/inbound-sms"
    assert {each.status_code for each in both(world, "GET", path, headers)} == {200}
    world.call("DELETE", f"/v1/keys/{made['id']}")
    for _ in range(3):
        assert {each.status_code for each in both(world, "GET", path, headers)} == {401}
    world.stack.forgive()
