"""Bad input gets a sentence: always a problem body, never a 500, never HTML."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from proofs.rig.stack import NEXT_YEAR, World

SEND = "/v1/actions/send-sms"
JSON = {"Content-Type": "application/json"}


def problem(answer: requests.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) >= {"type", "title", "status", "detail", "message", "request_id"}
    assert (body["status"], body["request_id"]) == (status, answer.headers["X-Request-Id"])
    assert 10 < len(body["message"]) <= 250
    assert body["message"].rstrip("…")[-1] in ".:" or body["message"].endswith("…")
    assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} <= set(answer.headers)
    return body


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/json, application/problem+json;q=0", "application/json"),
        ("Application/Problem+JSON ; Q=0.0,*/*", "application/json"),
        ("application/problem+json;q=0.5", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("*/*", "application/problem+json"),
    ],
)
def test_a_problem_is_plain_json_to_who_refuses_its_type(
    world: World, accept: str, media: str
) -> None:
    for path in ("/v1/jobs/job_none", "/nowhere"):
        answer = world.call("GET", path, headers={"Accept": accept})
        assert answer.headers["Content-Type"] == media
        assert answer.json()["status"] == answer.status_code == 404


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"phone": +14155550123}',
        b"phone=%2B14155550123&message=Hi",
        b"[]",
        b'["phone"]',
        b'"text"',
        b"null",
        b"7",
        b'{"phone": NaN}',
        b'{"phone": -Infinity}',
        b'{"phone": "\\ud800"}',
        b'{"phone": "\xff\xfe"}',
        b"\x00\x01\x02",
        b"[" * 100_000,
        b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
        b'{"phone": ' + b"9" * 100_000 + b"}",
    ],
    ids=lambda raw: raw[:12].decode("latin-1"),
)
def test_a_body_that_is_no_json_object_is_a_400(world: World, raw: bytes) -> None:
    problem(world.call("POST", SEND, data=raw, headers=JSON), 400)


@pytest.mark.parametrize(
    "body",
    [
        {"phone": 10**400, "message": "Hi"},
        {"phone": 1e308, "message": "Hi"},
        {"phone": True, "message": "Hi"},
        {"phone": "+14155550123", "message": {"$ne": 1}},
        {"phone": "+14155550123\r\nX: y", "message": "Hi"},
        {"phone": "\x00", "message": "Hi"},
        {"phone": "+14155550123", "message": "Hi", "x" * 5000: 1},
        {"phone": "+14155550123", "message": "Hi", "": 1},
        {"phone": [["+14155550123"]], "message": "Hi"},
        {"phone": "+14155550123", "message": "Hi", "wait": -1},
        {"phone": "+14155550123", "message": "Hi", "wait": "1e3"},
        {"phone": "+14155550123", "message": "Hi", "schedule_at": "9999-12-31T23:59:59-14:00"},
        {"phone": "+14155550123", "message": "Hi", "schedule_at": 10**30},
    ],
    ids=lambda body: json.dumps(body)[:40],
)
def test_a_wrong_value_is_a_422(world: World, body: dict[str, Any]) -> None:
    world.connect_pairfon()
    found = problem(world.post(SEND, **body), 422)
    assert found["errors"]
    assert world.sends() == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_a_body_that_is_not_declared_as_json_is_a_415(world: World, kind: str) -> None:
    answer = world.call("POST", SEND, data=b'{"phone": "1"}', headers={"Content-Type": kind})
    assert "application/json" in problem(answer, 415)["message"]


def test_a_body_over_the_limit_is_a_413(world: World) -> None:
    big = json.dumps({"phone": "+14155550123", "message": "x" * 300_000}).encode()
    assert "256 KiB" in problem(world.call("POST", SEND, data=big, headers=JSON), 413)["message"]


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/v1/triggers/nothing", "inbound-sms"),
        ("/v1/searches/nothing", "find-contact"),
        ("/v1/options/nothing", "sim-slots"),
    ],
)
def test_an_unknown_key_is_a_404_that_lists_the_known_ones(
    world: World, path: str, known: str
) -> None:
    assert known in problem(world.call("GET", path), 404)["message"]


def test_an_unknown_action_or_provider_lists_the_known_ones(world: World) -> None:
    found = problem(world.post("/v1/actions/send-fax"), 404)
    assert "send-sms" in found["message"]
    found = problem(world.post("/v1/connections", provider="carrier-pigeon", api_key="x"), 404)
    assert "pairfon" in found["message"]


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/nothing/%00/%ff", "/v2/me"])
def test_an_unknown_address_is_a_problem_too(world: World, path: str) -> None:
    answer = world.call("POST", path)
    problem(answer, 405 if path == "/" and answer.status_code == 405 else 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/v1/me"), ("GET", SEND), ("PUT", "/v1/jobs"), ("POST", "/v1/catalog")],
)
def test_a_wrong_method_is_a_405_that_names_the_right_one(
    world: World, method: str, path: str
) -> None:
    answer = world.call(method, path)
    problem(answer, 405)
    assert answer.headers["Allow"]


def test_slashes_too_many_are_tolerated(world: World) -> None:
    world.connect_pairfon()
    assert world.call("GET", "//v1//me/").status_code == 200
    answer = world.call("POST", "//v1/actions//send-sms", json={"phone": "x"})
    assert answer.status_code == 422


def test_a_request_id_is_taken_over_where_it_is_harmless(world: World) -> None:
    given = world.call("GET", "/v1/nothing", headers={"X-Request-Id": "abc-12345678"})
    assert problem(given, 404)["request_id"] == "abc-12345678"
    odd = world.call("GET", "/v1/nothing", headers={"X-Request-Id": "<script>"})
    assert problem(odd, 404)["request_id"].startswith("req_")


@pytest.mark.parametrize("query", ["limit=x", "limit=0", "limit=201", "cursor=p-1", "cursor=%ff"])
def test_a_wrong_page_is_a_422(world: World, query: str) -> None:
    problem(world.call("GET", f"/v1/jobs?{query}"), 422)


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize(
    "path",
    [
        "/v1/jobs/{job}",
        "/v1/jobs/{job}/retry",
        "/v1/connections/{connection}",
        "/v1/connections/{connection}/test",
        "/v1/keys/{key}",
        "/v1/keys/{key}/rotate",
        "/v1/hooks/{hook}",
        "/v1/hooks/{hook}/test",
        "/v1/hooks/{hook}/replay",
        "/v1/hooks/{hook}/deliveries",
    ],
)
def test_what_belongs_to_another_is_as_if_it_were_not_there(
    world: World, owned: dict[str, str], method: str, path: str
) -> None:
    body = {} if method == "GET" else {"json": {"description": "Mine now", "label": "Mine"}}
    foreign = world.call(method, path.format(**owned), **body)
    nowhere = world.call(method, path.format(**dict.fromkeys(owned, "job_none")), **body)
    assert foreign.status_code == nowhere.status_code
    if path.startswith("/v1/hooks/") and method == "DELETE" and foreign.status_code == 200:
        assert foreign.json() == {}, "gone already, whoever had it"
        return
    found, other = problem(foreign, foreign.status_code), nowhere.json()
    assert foreign.status_code in (404, 405)
    assert found["message"] == other["message"]


@pytest.fixture(scope="module")
def owned(stack: Any) -> Any:
    """Ids of things in a workspace that is not the caller's, which must outlive all attempts."""
    neighbour: World = stack.workspace()
    connection = neighbour.connect_pairfon()
    job = neighbour.send(schedule_at=f"{NEXT_YEAR}T09:00:00Z").json()["id"]
    key = neighbour.get("/v1/keys")["data"][0]["id"]
    target = f"{stack.sandbox.url}/healthz"
    hook = neighbour.post("/v1/hooks", target_url=target, trigger="inbound-sms").json()["id"]
    yield {"job": job, "connection": connection, "key": key, "hook": hook}
    assert neighbour.job(job)["status"] == "scheduled"
    assert neighbour.get(f"/v1/connections/{connection}")["label"] == "Pairfon"
    assert neighbour.get(f"/v1/hooks/{hook}")["description"] != "Mine now"
    assert len(neighbour.get("/v1/keys")["data"]) == 1
    neighbour.leave()


def test_a_chunked_body_over_the_limit_is_413_and_not_half_of_itself(world: World) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"phone": "+14155550123", "message": "'
        for _ in range(300):
            yield b"x" * 1024
        yield b'"}'

    answer = world.call(
        "POST",
        "/v1/actions/send-sms",
        data=chunks(),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


@pytest.mark.parametrize(
    ("path", "word"), [(f"/v1/jobs?x={'y' * 5000}", "shorten"), ("/v1/jobs?x=\r", "request line")]
)
def test_what_is_no_request_for_the_server_is_a_problem_as_any_other(
    world: World, path: str, word: str
) -> None:
    with socket.create_connection(("127.0.0.1", world.stack.port), 90) as caller:
        caller.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        head, _, body = b"".join(iter(lambda: caller.recv(65536), b"")).partition(b"\r\n\r\n")
    told = json.loads(body)
    assert head.startswith(b"HTTP/1.1 400 ")
    assert set(told) == {"type", "title", "status", "detail", "message", "request_id"}
    assert f"X-Request-Id: {told['request_id']}".encode() in head
    assert word in told["message"]
