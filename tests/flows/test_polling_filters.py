"""Polls: newest first, limits, every filter, samples, and what is said to a wrong query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

SECOND = "2026-03-01T09:00:00Z"
TEXTS: list[dict[str, Any]] = [
    {"message": "Hello World", "phone": "+14155550123", "sim_slot": "SIM1"},
    {"message": "hello again", "phone": "+14155550124", "sim_slot": "SIM2"},
    {"message": "Straße 50%", "phone": "MyBank", "sim_slot": "SIM1"},
    {"message": "Bye", "phone": "+14155550123", "sim_slot": "SIM2", "device_fingerprint": "other"},
]
NEWEST_FIRST = [each["message"] for each in reversed(TEXTS)]


@pytest.fixture(scope="module")
def texted(stack: Stack) -> Iterator[World]:
    world = stack.workspace()
    world.connect_pairfon()
    for each in TEXTS:
        world.inject(**each)
    until(lambda: len(world.inbox()) == len(TEXTS), "all messages")
    yield world
    world.leave()


@pytest.fixture(scope="module")
def connection(texted: World) -> str:
    return str(texted.get("/v1/connections")["data"][0]["id"])


def texts(world: World, query: str = "", trigger: str = "inbound-sms") -> list[str]:
    answer = world.call("GET", f"/v1/triggers/{trigger}?{query}")
    assert answer.status_code == 200, answer.text
    return [each["message"] for each in answer.json()]


def test_a_poll_gives_the_newest_first(texted: World) -> None:
    assert texts(texted) == NEWEST_FIRST


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_a_limit_keeps_the_newest(texted: World, limit: int) -> None:
    assert texts(texted, f"limit={limit}") == NEWEST_FIRST[:limit]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("sim_slot=SIM1", ["Straße 50%", "Hello World"]),
        ("sim_slot=sim%202", ["Bye", "hello again"]),
        ("device_fingerprint=other", ["Bye"]),
        ("device_fingerprint=nobody", []),
        ("phone=%2B14155550123", ["Bye", "Hello World"]),
        ("phone=+14155550123", ["Bye", "Hello World"]),
        ("phone=%2B1%20415%20555-0123", ["Bye", "Hello World"]),
        ("phone=+1+415+555+0123", ["Bye", "Hello World"]),
        ("phone=14155550123", ["Bye", "Hello World"]),
        ("phone=mybank", ["Straße 50%"]),
        ("contains=HELLO", ["hello again", "Hello World"]),
        ("contains=strasse", ["Straße 50%"]),
        ("contains=50%25", ["Straße 50%"]),
        ("contains=zzz", []),
        ("phone=+14155550123&sim_slot=SIM1&contains=world", ["Hello World"]),
        ("contains=hello&limit=1", ["hello again"]),
        ("connection=conn_nobody", []),
        ("sim_slot=&phone=&contains=&limit=&cursor=&consumer=", NEWEST_FIRST),
    ],
)
def test_every_filter_keeps_what_it_says(texted: World, query: str, wanted: list[str]) -> None:
    assert texts(texted, query) == wanted


def test_the_connection_filter_keeps_its_connection(texted: World, connection: str) -> None:
    assert texts(texted, f"connection={connection}") == NEWEST_FIRST


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("sim_slot=SIM9", "sim_slot"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("limit=1&limit=2", "limit"),
        ("contains=a&contains=b", "contains"),
        ("cursor=nonsense", "cursor"),
        ("cursor=c1x", "cursor"),
        ("cursor=c1x0x0", "cursor"),
        ("cursor=-1", "cursor"),
        ("cursor=c" + "f" * 40 + "x0", "cursor"),
        ("consumer=" + "x" * 101, "consumer"),
        ("consumer={{name}}", "consumer"),
        ("contains=undefined", "contains"),
        ("connection=%24%7Bconnection%7D", "connection"),
        ("phone=the+customer+of+the+order", "phone"),
    ],
)
def test_a_wrong_query_is_422_with_a_sentence(texted: World, query: str, field: str) -> None:
    answer = texted.call("GET", f"/v1/triggers/inbound-sms?{query}")
    assert answer.status_code == 422
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert list(problem["errors"]) == [field]
    assert problem["message"].endswith(".")
    assert 10 < len(problem["message"]) <= 250


def test_an_unknown_filter_is_refused_with_the_known_ones(texted: World) -> None:
    problem = texted.call("GET", "/v1/triggers/inbound-sms?colour=red").json()
    for name in ("device_fingerprint", "sim_slot", "connection", "phone", "contains"):
        assert name in problem["message"]


def test_an_unknown_trigger_is_404_and_the_known_ones_are_named(texted: World) -> None:
    answer = texted.call("GET", "/v1/triggers/outbound-pigeon")
    assert answer.status_code == 404
    assert "inbound-sms" in answer.json()["message"]


def test_the_latest_is_the_first_of_the_list_as_one_object(texted: World) -> None:
    [first] = texted.inbox(limit=1)
    assert texted.get("/v1/triggers/latest-sms") == first
    assert texted.get("/v1/triggers/latest-sms", sim_slot="SIM1")["message"] == "Straße 50%"
    assert texted.get("/v1/triggers/latest-sms", contains="zzz") == {}


def test_a_sample_is_of_live_data(texted: World) -> None:
    assert texted.get("/v1/triggers/inbound-sms/sample") == texted.inbox(limit=3)


@pytest.fixture(scope="module")
def empty(stack: Stack) -> World:
    return stack.workspace()


def test_an_empty_inbox_polls_as_an_empty_list_and_an_empty_object(empty: World) -> None:
    assert empty.inbox() == []
    assert empty.get("/v1/triggers/latest-sms") == {}


@pytest.mark.parametrize("trigger", ["inbound-sms", "latest-sms"])
def test_a_sample_of_an_empty_inbox_has_the_keys_of_a_message(
    texted: World, empty: World, trigger: str
) -> None:
    [sample] = empty.get(f"/v1/triggers/{trigger}/sample")
    assert list(sample) == list(texted.inbox(limit=1)[0])
    assert all(type(value) is str for name, value in sample.items() if name != "media")


def test_another_workspace_sees_nothing_of_it(texted: World, connection: str, world: World) -> None:
    assert world.inbox() == []
    assert world.inbox(connection=connection) == []
    assert world.get("/v1/triggers/latest-sms", connection=connection) == {}
