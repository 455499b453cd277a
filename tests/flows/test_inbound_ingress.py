"""Ingress: who may call, what is understood, what is kept, and that a 200 means committed."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import requests

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.sink import ingress_url
from proofs.rig.stack import Stack, World

ITEM = {
    "id": 7,
    "phone": "+14155550123",
    "message": "Hello",
    "sim_slot": "SIM1",
    "device_fingerprint": "sandbox-phone-1",
    "received_at": "2026-03-01T09:00:00Z",
}
OTHER = {**ITEM, "id": 8, "message": "Again"}


def push(url: str, body: Any) -> requests.Response:
    """As a provider calls: no key, just the address."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    return requests.post(url, data=raw, headers=headers, timeout=90)


@pytest.fixture
def address(world: World) -> str:
    world.connect_pairfon()
    return ingress_url(world)


def texts(world: World) -> list[str]:
    return [each["message"] for each in world.inbox()]


def kept(world: World) -> list[dict[str, Any]]:
    found = world.stack.db.lrange(keys.unreadable(world.name), 0, -1)
    return [json.loads(each) for each in found]


@pytest.mark.parametrize(
    "body",
    [
        ITEM,
        [ITEM],
        {"data": ITEM},
        {"data": [ITEM]},
        {"message": ITEM},
        {"messages": [ITEM]},
        {"data": {"messages": [ITEM]}},
    ],
    ids=["object", "array", "data", "array-in-data", "message", "messages", "nested"],
)
def test_every_shape_of_a_message_is_committed_when_it_is_answered(
    world: World, address: str, body: Any
) -> None:
    answer = push(address, body)
    assert (answer.status_code, answer.json()) == (200, {"received": 1})
    assert texts(world) == ["Hello"]


def test_an_array_of_two_is_two_messages(world: World, address: str) -> None:
    assert push(address, [ITEM, OTHER]).json() == {"received": 2}
    assert texts(world) == ["Again", "Hello"]


def test_the_same_call_again_adds_nothing(world: World, address: str) -> None:
    for _ in range(3):
        assert push(address, [ITEM, OTHER]).status_code == 200
    assert texts(world) == ["Again", "Hello"]


def counted(world: World) -> int:
    found = world.stack.db.hget(keys.COUNTERS, "unreadable-webhooks")
    return int(str(found or 0))


@pytest.mark.parametrize(
    "body",
    [
        b"{ not json",
        b"",
        b"\xff\xfe",
        b'{"phone": NaN}',
        b"[" * 5000,
        {"hello": "there"},
        [{"who": "knows"}, {"what": "is this"}],
        "text",
        17,
        None,
        {"phone": "+14155550123", "message": "No time"},
    ],
    ids=[
        "cut",
        "empty",
        "binary",
        "nan",
        "deep",
        "foreign",
        "array",
        "text",
        "int",
        "null",
        "none",
    ],
)
def test_what_is_not_understood_is_kept_counted_and_answered_202(
    world: World, address: str, body: Any
) -> None:
    before = counted(world)
    answer = push(address, body)
    assert answer.status_code == 202
    assert answer.json()["received"] == 0
    assert "Kept for inspection" in answer.json()["message"]
    [entry] = kept(world)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert entry["body"] == raw[:4000].decode("utf-8", "replace")
    assert entry["reason"]
    assert counted(world) > before


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ([ITEM, {"what": "is this"}, OTHER], [{"what": "is this"}]),
        ({"data": [ITEM, None, OTHER, 7]}, [None, 7]),
    ],
    ids=["array", "wrapped"],
)
def test_what_is_not_understood_is_kept_and_its_neighbours_are_committed(
    world: World, address: str, body: Any, left: list[Any]
) -> None:
    for _ in range(2):
        answer = push(address, body)
        assert answer.status_code == 202
        assert answer.json()["received"] == 2
        assert "Kept for inspection" in answer.json()["message"]
    assert texts(world) == ["Again", "Hello"]
    assert [json.loads(entry["body"]) for entry in kept(world)] == [left, left]


def test_receipts_beside_one_that_is_not_understood_reach_their_jobs(world: World) -> None:
    world.connect_cloud()
    job = world.settled(world.send().json()["id"])
    receipt = {"message_id": job["provider_id"], "status": "failed", "reason": "Absent subscriber"}
    answer = push(ingress_url(world), [{"status": "delivered"}, receipt])
    assert (answer.status_code, answer.json()["received"]) == (202, 1)
    assert world.settled(job["id"], "failed", "delivered")["provider_id"] == job["provider_id"]


def test_a_compressed_webhook_is_kept_and_not_guessed_at(world: World, address: str) -> None:
    for raw in (json.dumps(ITEM).encode(), gzip.compress(json.dumps(ITEM).encode())):
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = requests.post(address, data=raw, headers=headers, timeout=90)
        assert (answer.status_code, answer.json()["received"]) == (202, 0)
        assert "uncompressed" in answer.json()["message"]
    assert texts(world) == []
    assert len(kept(world)) == 2


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda url: url[:-1] + ("a" if url[-1] != "a" else "b"),
        lambda url: url.rpartition("/")[0] + "/x",
        lambda url: url.rpartition("/")[0] + "/%F0%9F%98%80-%00",
        lambda url: url.rpartition("-")[0] + "-",
        lambda url: url.replace("/pairfon/", "/cloud-messaging/"),
        lambda url: url.replace("/pairfon/", "/nobody/"),
    ],
    ids=["last-letter", "short", "odd", "no-secret", "other-provider", "no-provider"],
)
def test_an_address_that_is_not_ours_is_404(world: World, address: str, spoilt: Any) -> None:
    answer = push(spoilt(address), ITEM)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert world.inbox() == []


def test_a_body_of_300_kb_is_413_with_a_sentence(world: World, address: str) -> None:
    answer = push(address, {**ITEM, "message": "x" * 300_000})
    assert answer.status_code == 413
    assert "256 KiB" in answer.json()["message"]
    assert world.inbox() == []


def test_a_text_of_any_characters_is_the_same_in_the_poll(world: World, address: str) -> None:
    words = 'Žluťoučký 👩‍👩‍👧 \u0000 "quoted" \\ \n عربى \u2028 {{x}}'
    assert push(address, {**ITEM, "message": words}).status_code == 200
    assert texts(world) == [words]


def test_a_receipt_reaches_the_job_of_its_message(world: World) -> None:
    world.connect_cloud()
    job = world.settled(world.send().json()["id"])
    receipt = {"message_id": job["provider_id"], "status": "failed", "reason": "Absent subscriber"}
    told = {**receipt, "timestamp": "2026-03-01T09:00:00Z"}
    assert push(ingress_url(world), told).json() == {"received": 1}
    failed = world.settled(job["id"], "failed", "delivered")
    assert failed["provider_id"] == job["provider_id"]


def test_an_event_survives_the_death_of_the_web_process_right_after_its_200(
    rough: Stack,
) -> None:
    world = rough.workspace()
    world.connect_pairfon()
    assert push(ingress_url(world), ITEM).status_code == 200
    rough.kill("web")
    rough.start("web")
    until(rough.is_ready, "the web process started anew")
    assert texts(world) == ["Hello"]
