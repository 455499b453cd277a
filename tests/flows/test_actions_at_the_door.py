"""Letting a call in and accepting it is one step: what was revoked or used up holds at once."""

from __future__ import annotations

import json
import secrets
import socket
from typing import Any

import pytest
import requests

from integration.accounts import api_keys
from integration.store import keys
from proofs.rig.stack import NEXT_YEAR, Stack, World
from tests.flows.test_express_way import both, told

SEND = "/v1/actions/send-sms"
TEXT = {"phone": "+14155550123", "message": "Your table is ready."}


def send(world: World, key: str, **more: Any) -> requests.Response:
    headers = {"X-API-Key": key, "Idempotency-Key": secrets.token_hex(8)}
    return requests.post(world.stack.url + SEND, json=TEXT | more, headers=headers, timeout=90)


def shown(answer: requests.Response) -> tuple[int, str, dict[str, str]]:
    """Without the length of the body, which a time on the full second makes shorter."""
    status, text, headers = told(answer)
    return status, text, {name: each for name, each in headers.items() if name != "content-length"}


def jobs(world: World) -> int:
    return len(world.get("/v1/jobs", limit=200)["data"])


def test_a_revoked_key_sends_nothing_from_its_next_call_on(world: World) -> None:
    world.connect_pairfon()
    made = world.post("/v1/keys", name="short-lived").json()
    for _ in range(4):
        assert send(world, made["key"]).status_code == 202
    world.call("DELETE", f"/v1/keys/{made['id']}")
    for _ in range(4):
        assert send(world, made["key"]).status_code == 401
    assert jobs(world) == 4
    world.stack.forgive()


def test_a_refused_caller_causes_no_call_to_a_provider(world: World) -> None:
    """Its limit is the workspace's: a key that was revoked must not use it up."""
    world.connect_pairfon()
    made = world.post("/v1/keys", name="short-lived").json()
    world.settled(send(world, made["key"]).json()["id"])
    world.call("DELETE", f"/v1/keys/{made['id']}")
    [connection] = world.get("/v1/connections")["data"]
    world.stack.db.delete(keys.belongings(connection["id"], "devices"))
    before = asked_for_devices(world)
    assert before > 0
    assert send(world, made["key"]).status_code == 401
    assert asked_for_devices(world) == before
    world.stack.forgive()


def asked_for_devices(world: World) -> int:
    """How often a call without a phone has made us ask the provider for its phones."""
    asked = world.control("GET", "state")["requests"]
    return sum(count for name, count in asked.items() if name.endswith("/chat/devices"))


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/triggers/inbound-sms"), ("GET", "/v1/me"), ("POST", SEND), ("POST", "/" + SEND)],
)
def test_a_failed_authentication_counts_once(world: World, method: str, path: str) -> None:
    world.stack.forgive()
    headers = {"X-API-Key": "hk_nobody"}
    answers = [
        requests.request(method, world.stack.url + path, json=TEXT, headers=headers, timeout=90)
        for _ in range(3)
    ]
    left = [int(answer.headers["RateLimit-Remaining"]) for answer in answers]
    assert left == [14, 13, 12]
    world.stack.forgive()


@pytest.mark.parametrize(
    "body",
    [
        b'{"phone": "+14155550123", "message": "\xed\xa0\x80"}',
        json.dumps(TEXT | {"message": "\ud800"}).encode("utf-16"),
        b'{"phone": "+14155550123", "message": "hi", "idempotency_key": "\xed\xa0\x80"}',
    ],
)
def test_half_a_surrogate_pair_is_no_text_however_it_comes(world: World, body: bytes) -> None:
    world.connect_pairfon()
    headers = {"Content-Type": "application/json"}
    assert world.call("POST", SEND, data=body, headers=headers).status_code == 400


def test_a_body_that_ends_too_soon_is_refused(world: World) -> None:
    """Also where the truncated body makes sense: its sender has to send it once more."""
    world.connect_pairfon()
    body = json.dumps(TEXT).encode()
    head = f"POST {SEND} HTTP/1.1\r\nHost: here\r\nX-API-Key: {world.key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body) + 50}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", world.stack.port), 90) as caller:
        caller.sendall(head.encode() + body)
        caller.shutdown(socket.SHUT_WR)
        assert caller.recv(65536).startswith(b"HTTP/1.1 400 ")
    assert jobs(world) == 0


def changed(world: World, key: str, **facts: str) -> None:
    """Change the stored record of a key, behind the back of all that cached it."""
    digest = api_keys.digest_of(key)
    record = json.loads(world.stack.db.hget(keys.API_KEYS, digest))
    world.stack.db.hset(keys.API_KEYS, digest, json.dumps(record | facts))


def test_a_key_whose_record_changed_is_looked_up_and_counted_once(world: World) -> None:
    world.connect_pairfon()
    key = world.post("/v1/keys", name="renamed soon").json()["key"]
    left = [int(send(world, key).headers["RateLimit-Remaining"]) for _ in range(4)]
    changed(world, key, name="renamed")
    again = send(world, key)
    assert again.status_code == 202
    assert int(again.headers["RateLimit-Remaining"]) == left[-1] - 1
    assert jobs(world) == 5


def test_a_key_of_another_workspace_now_touches_nothing_of_the_first(stack: Stack) -> None:
    first, second = stack.workspace(), stack.workspace()
    for each in (first, second):
        each.connect_pairfon()
    key = first.post("/v1/keys", name="moved soon").json()["key"]
    for _ in range(4):
        assert send(first, key).status_code == 202
    changed(first, key, workspace=second.name)
    assert send(first, key).status_code == 202
    assert (jobs(first), jobs(second)) == (4, 1)
    first.leave()
    second.leave()


def test_a_key_that_may_only_read_sends_nothing(world: World) -> None:
    world.connect_pairfon()
    made = world.post("/v1/keys", name="reader", scopes="read").json()
    assert {send(world, made["key"]).status_code for _ in range(3)} == {403}
    assert jobs(world) == 0


def test_what_is_over_the_limit_is_neither_accepted_nor_let_in_another_way(narrow: Stack) -> None:
    world = narrow.workspace()
    world.connect_pairfon()
    made = world.post("/v1/keys", name="busy").json()
    statuses = [send(world, made["key"]).status_code for _ in range(30)]
    assert statuses == [202] * 20 + [429] * 10
    assert send(world, made["key"], phone="").status_code == 429, "above all that is wrong with it"
    assert jobs(world) == 20
    world.leave()


def test_connections_count_as_they_are_when_the_call_comes(world: World) -> None:
    """Several processes answer; each has to see what another one changed."""
    nothing = {send(world, world.key).status_code for _ in range(6)}
    assert nothing == {422}
    first = world.connect_pairfon()
    assert {send(world, world.key).status_code for _ in range(6)} == {202}
    second = world.connect_cloud()
    chosen = [send(world, world.key, connection=second).json() for _ in range(6)]
    assert {job["connection"] for job in chosen} == {second}
    world.call("DELETE", f"/v1/connections/{first}")
    left = [send(world, world.key).json() for _ in range(6)]
    assert {job["connection"] for job in left} == {second}
    assert {send(world, world.key, connection=first).status_code for _ in range(6)} == {404}


BODIES: list[bytes] = [
    json.dumps(TEXT).encode(),
    json.dumps({**TEXT, "phone": ["+14155550123", "+14155550124"]}).encode(),
    json.dumps({**TEXT, "schedule_at": f"{NEXT_YEAR}T09:00:00+01:00"}).encode(),
    json.dumps({"to": "4155550123", "text": "An alias"}).encode(),
    json.dumps({**TEXT, "no_such": 1}).encode(),
    json.dumps({**TEXT, "wait": "long"}).encode(),
    b"",
    b"{",
    b"[]",
    b'{"phone":"+14155550123","phone":"+14155550123"}',
]
PATHS = [SEND, "/v1/actions/send_sms", f"{SEND}?wait=0", f"{SEND}?wait=x&wait=0"]
PATHS += ["/v1/actions/no-such", f"{SEND}/", "/v1/actions/"]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[-40:].decode())
def test_a_send_is_answered_alike(world: World, body: bytes) -> None:
    world.connect_pairfon()
    headers = {"X-API-Key": world.key, "Content-Type": "application/json"}
    plain, doubled = both(world, "POST", SEND, headers, body)
    assert shown(plain) == shown(doubled)


@pytest.mark.parametrize("path", PATHS)
def test_every_writing_of_the_address_is_answered_alike(world: World, path: str) -> None:
    world.connect_pairfon()
    headers = {"X-API-Key": world.key, "Content-Type": "application/json"}
    plain, doubled = both(world, "POST", path, headers, BODIES[0])
    assert shown(plain) == shown(doubled)


def test_the_first_answer_again_is_the_same_to_the_byte(world: World) -> None:
    world.connect_pairfon()
    for body in BODIES[:3]:
        headers = {"X-API-Key": world.key, "Idempotency-Key": secrets.token_hex(8)}
        headers["Content-Type"] = "application/json"
        plain, doubled = both(world, "POST", SEND, headers, body)
        assert (plain.status_code, plain.text) == (doubled.status_code, doubled.text)
        assert "Idempotency-Replayed" not in plain.headers
        assert doubled.headers["Idempotency-Replayed"] == "true"
