"""API keys: who comes in, with what rights, how often; and that nothing secret is shown again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration.accounts import api_keys
from proofs.rig.stack import Stack, World


@pytest.fixture
def home(narrow: Stack) -> Iterator[World]:
    """A workspace of the service with 20 requests a minute for a key."""
    narrow.forgive()
    made = narrow.workspace()
    yield made
    narrow.forgive()
    made.leave()


@pytest.fixture(autouse=True)
def _forgiven(stack: Stack) -> Iterator[None]:
    stack.forgive()
    yield
    stack.forgive()


def opened(stack: Stack, **headers: str) -> requests.Response:
    return requests.get(f"{stack.url}/v1/me", headers=headers, timeout=90)


def limited(world: World, *scopes: str) -> dict[str, str]:
    """Headers of a key with these scopes."""
    made = world.post("/v1/keys", name="Limited", scopes=list(scopes))
    assert made.status_code == 201, made.text
    assert made.json()["scopes"] == list(scopes)
    return {"Authorization": f"Bearer {made.json()['key']}"}


@pytest.mark.parametrize("form", ["Bearer {}", "bearer  {} ", "Api-Key {}", "api-key {}"])
def test_a_key_is_taken_in_authorization(stack: Stack, world: World, form: str) -> None:
    answer = opened(stack, Authorization=form.format(world.key))
    assert answer.status_code == 200
    assert answer.json()["workspace"] == world.name


def test_a_key_is_taken_in_a_header_of_its_own(stack: Stack, world: World) -> None:
    assert opened(stack, **{"X-API-Key": world.key}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer hk_wrong"},
        {"Authorization": "Basic aGs6eA=="},
        {"Authorization": "Api-Key hk_wrong"},
        {"X-API-Key": "hk_wrong"},
    ],
)
def test_anything_else_is_a_401(stack: Stack, headers: dict[str, str]) -> None:
    answer = opened(stack, **headers)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "hk_wrong" not in answer.text


def test_a_key_in_the_address_opens_nothing(stack: Stack, world: World) -> None:
    answer = requests.get(f"{stack.url}/v1/me?api_key={world.key}", timeout=90)
    assert answer.status_code == 401


def test_a_key_is_made_listed_rotated_and_revoked(stack: Stack, world: World) -> None:
    made = world.post("/v1/keys", name="Zapier")
    assert made.status_code == 201
    record, key = made.json(), made.json()["key"]
    assert key.startswith("hk_")
    assert opened(stack, **{"X-API-Key": key}).status_code == 200
    # In any order: both keys of the workspace may be of the same second.
    [listed] = [each for each in world.get("/v1/keys")["data"] if each["id"] == record["id"]]
    assert (listed["name"], listed["prefix"]) == ("Zapier", key[:7] + "…")
    assert "key" not in listed
    rotated = world.call("POST", f"/v1/keys/{record['id']}/rotate").json()
    assert (rotated["name"], rotated["scopes"]) == (record["name"], record["scopes"])
    for each in (key, rotated["key"]):
        assert opened(stack, **{"X-API-Key": each}).status_code == 200
    gone = world.call("DELETE", f"/v1/keys/{rotated['id']}")
    assert (gone.status_code, gone.json()) == (200, {})
    assert opened(stack, **{"X-API-Key": rotated["key"]}).status_code == 401
    assert world.call("DELETE", f"/v1/keys/{rotated['id']}").status_code == 404


def test_the_key_in_use_is_not_revoked_by_mistake(world: World) -> None:
    [own] = world.get("/v1/keys")["data"]
    assert world.get("/v1/me")["key_id"] == own["id"]
    assert world.call("DELETE", f"/v1/keys/{own['id']}").status_code == 409


@pytest.mark.parametrize(
    ("scopes", "allowed", "denied"),
    [
        (
            ["read"],
            [("GET", "/v1/me"), ("GET", "/v1/jobs"), ("GET", "/v1/triggers/inbound-sms")],
            [("POST", "/v1/actions/send-sms"), ("POST", "/v1/hooks"), ("GET", "/v1/keys")],
        ),
        (
            ["read", "act"],
            [("GET", "/v1/me")],
            [("POST", "/v1/keys"), ("POST", "/v1/connections"), ("POST", "/v1/hooks")],
        ),
        (
            ["hooks"],
            [("DELETE", "/v1/hooks/hook_00000000000000000000")],
            [("GET", "/v1/me"), ("GET", "/v1/catalog"), ("POST", "/v1/actions/send-sms")],
        ),
        (
            ["read", "texts", "act", "hooks"],
            [("GET", "/v1/triggers/inbound-sms")],
            [("DELETE", "/v1/keys/x"), ("DELETE", "/v1/connections/x"), ("GET", "/v1/keys")],
        ),
        (["admin"], [("GET", "/v1/keys")], [("POST", "/v1/actions/send-sms")]),
    ],
)
def test_a_key_does_what_its_scopes_say(
    world: World, scopes: list[str], allowed: list[Any], denied: list[Any]
) -> None:
    headers = limited(world, *scopes)
    for method, path in allowed:
        assert world.call(method, path, headers=headers).status_code == 200
    for method, path in denied:
        body: dict[str, Any] = {"json": {}} if method == "POST" else {}
        answer = world.call(method, path, headers=headers, **body)
        assert answer.status_code == 403, (method, path, answer.text)
        assert "lacks the scope" in answer.json()["message"]


@pytest.mark.parametrize("scopes", ["root", ["read", "everything"], [1], {"read": True}])
def test_an_unknown_scope_is_a_422(world: World, scopes: Any) -> None:
    answer = world.post("/v1/keys", name="Odd", scopes=scopes)
    assert answer.status_code == 422
    assert "read, texts, act, hooks, admin" in answer.json()["message"]


def test_every_answer_tells_how_many_requests_are_left(home: World) -> None:
    left = [int(home.call("GET", "/v1/me").headers["RateLimit-Remaining"]) for _ in range(3)]
    headers = home.call("GET", "/v1/nothing/at/all").headers
    assert headers["RateLimit-Limit"] == "20"
    assert 1 <= int(headers["RateLimit-Reset"]) <= 60
    # The minute may have turned between two calls.
    assert left[0] > left[1] or left[1] > left[2]


def test_too_many_requests_are_a_429_with_its_time(home: World) -> None:
    answers = [home.call("GET", "/v1/me") for _ in range(41)]
    refused = [each for each in answers if each.status_code == 429]
    assert refused
    assert {each.status_code for each in answers} == {200, 429}
    for each in refused:
        assert 1 <= int(each.headers["Retry-After"]) <= 60
        assert each.headers["RateLimit-Remaining"] == "0"
        assert "more than 20 requests" in each.json()["message"]
    neighbour = home.stack.workspace()
    assert neighbour.call("GET", "/v1/me").status_code == 200


def test_guessing_keys_ends_after_fifteen_and_known_keys_still_open(home: World) -> None:
    statuses = [
        opened(home.stack, Authorization=f"Bearer hk_guess{n}").status_code for n in range(16)
    ]
    assert statuses == [401] * 15 + [429]
    last = opened(home.stack, Authorization="Bearer hk_guess")
    assert 1 <= int(last.headers["Retry-After"]) <= 900
    assert last.headers["RateLimit-Limit"] == "15"
    assert home.call("GET", "/v1/me").status_code == 200


def test_the_store_holds_no_key_and_no_credential_in_the_clear(stack: Stack, world: World) -> None:
    _, second = api_keys.create(stack.db, world.name, "second")
    connections = [world.connect_pairfon(), world.connect_cloud()]
    world.send(wait=20)
    told = [world.call("GET", f"/v1/connections/{each}").text for each in connections]
    told += [world.call("POST", f"/v1/connections/{each}/test").text for each in connections]
    told += [world.call("GET", path).text for path in ("/v1/me", "/v1/connections", "/v1/keys")]
    for secret in (world.key, second, world.pairfon_key, world.cloud_key):
        assert secret not in "\n".join(told)
        assert secret.encode() not in dump(stack)


def dump(stack: Stack) -> bytes:
    """Every key and value that the store holds."""
    commands: dict[str, tuple[Any, ...]] = {
        "string": ("GET",),
        "hash": ("HGETALL",),
        "set": ("SMEMBERS",),
        "list": ("LRANGE", 0, -1),
        "zset": ("ZRANGE", 0, -1),
        "stream": ("XRANGE", "-", "+"),
        "none": ("GET",),  # it expired meanwhile
    }
    found = b""
    with stack.raw() as raw:
        for key in raw.scan_iter():
            command, *rest = commands[raw.type(key).decode()]
            found += key + repr(raw.execute_command(command, key, *rest)).encode()
    return found
