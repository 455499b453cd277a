"""What needs a service of its own: an emptied store, no PUBLIC_URL, syncs that are far between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from integration.accounts import api_keys
from integration.inbound.sync import READER_SECONDS
from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink, ingress_url, list_calls, looked_at
from proofs.rig.stack import Stack, World

SECOND = "2026-03-01T09:00:00Z"


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Ten minutes between syncs: what is synced here was asked for by something else."""
    running = Stack(tmp_path_factory.mktemp("apart"), SYNC_INTERVAL="600")
    yield running
    running.stop()


@pytest.fixture
def alone(apart: Stack) -> World:
    return apart.workspace()


def restart(stack: Stack, **settings: str) -> None:
    stack.settings |= settings
    for name in ("web", "worker", "scheduler"):
        stack.kill(name)
    # A test before may have emptied the store, which readers are warned of for a day.
    stack.db.delete(keys.EMPTIED)
    for name in ("web", "worker", "scheduler"):
        stack.start(name)
    until(stack.is_ready, "the service under other settings")


@pytest.fixture
def hidden(apart: Stack) -> Iterator[World]:
    """A workspace of a service that does not know its own address."""
    known = apart.settings["PUBLIC_URL"]
    restart(apart, PUBLIC_URL="", SYNC_INTERVAL="1")
    yield apart.workspace()
    restart(apart, PUBLIC_URL=known, SYNC_INTERVAL="600")


def connected(world: World) -> str:
    """A connection whose first look at the account is over."""
    connection = world.connect_pairfon()
    looked_at(world, connection)
    return connection


def unreadable(address: str) -> None:
    assert requests.post(address, data=b"?", timeout=90).status_code == 202


def timed(poll: Callable[[], list[Any]]) -> tuple[list[Any], float]:
    """The events, and the seconds that the poll took."""
    began = time.monotonic()
    return poll(), time.monotonic() - began


def by_id(events: list[dict[str, Any]]) -> dict[str, str]:
    return {each["id"]: each["message"] for each in events}


def test_a_webhook_that_is_not_understood_has_the_list_asked(alone: World) -> None:
    connected(alone)
    alone.inject("Told in words we do not know", webhook=False)
    assert alone.inbox() == [], "the next sync is ten minutes away"
    unreadable(ingress_url(alone))
    until(alone.inbox, "the message, from the list")


def test_a_webhook_in_which_one_part_is_not_understood_loses_no_other(alone: World) -> None:
    connected(alone)
    known = alone.inject("Listed as well", webhook=False)
    item = {name: known[name] for name in known if name not in ("uuid", "pushes")}
    answer = requests.post(ingress_url(alone), json=[item, {"odd": 1}], timeout=90)
    assert answer.status_code == 202
    [event] = until(alone.inbox, "the message, from the list")
    assert event["message"] == "Listed as well"


def test_twenty_polls_at_once_are_one_sync_upstream(alone: World) -> None:
    connection = connected(alone)
    alone.inject("Waiting", webhook=False)
    slow = {"kind": "delay", "seconds": 1.0, "match": "/zapier/inbound-sms"}
    alone.control("POST", "faults", slow)
    before = list_calls(alone)
    alone.stack.pause("scheduler")
    try:
        alone.stack.db.hdel(keys.sync_state(connection), "tried_ms")
        with ThreadPoolExecutor(20) as pool:
            polled = list(pool.map(lambda _: timed(alone.inbox), range(20)))
    finally:
        alone.stack.resume("scheduler")
    assert list_calls(alone) == before + 1
    assert {each["message"] for events, _ in polled for each in events} == {"Waiting"}
    landed = [len(events) == 1 or took >= READER_SECONDS for events, took in polled]
    assert all(landed), "each waited for the flight to land"


def test_a_provider_that_fails_leaves_polls_with_what_is_there_and_says_so(alone: World) -> None:
    connection = connected(alone)
    alone.stack.db.hdel(keys.sync_state(connection), "tried_ms")
    alone.control("POST", "faults", {"kind": "status", "code": 500, "match": "GET /zapier"})
    alone.inbox()
    [shown] = until(
        lambda: [c for c in alone.get("/v1/connections")["data"] if c["health"] == "failing"],
        "the failing connection",
    )
    assert shown["health_detail"]
    assert alone.inbox() == []


def test_ids_are_the_same_after_the_store_was_lost_and_refilled(alone: World, sink: Sink) -> None:
    connected(alone)
    hook = Hooked(alone, sink)
    for words in ("Once", "Twice", "Twice"):
        alone.inject(words, received_at=SECOND)
    alone.inject("Plain")
    until(lambda: len(alone.inbox()) == 4, "all four, by webhook")
    before, delivered = by_id(alone.inbox()), by_id([each.event for each in sink.wait_for(4)])
    assert len(before) == 4
    assert delivered == before
    until(lambda: hook.delivered(4), "the records of all four")
    alone.stack.db.flushall()
    _, alone.key = api_keys.create(alone.stack.db, alone.name, "tests")
    alone.connect_pairfon()
    until(lambda: len(alone.inbox()) >= 4, "all four, from the list")
    assert by_id(alone.inbox()) == before
    Hooked(alone, sink, "/anew")
    alone.inject("After the loss")
    assert sink.wait_for(1, "/anew")[0].event == alone.inbox()[0]


def test_without_a_public_url_polls_and_hooks_are_served_by_sync(hidden: World, sink: Sink) -> None:
    hidden.connect_pairfon()
    [connection] = hidden.get("/v1/connections")["data"]
    assert connection["ingress_url"] is None
    hook = Hooked(hidden, sink)
    hidden.inject("By sync", received_at=SECOND)
    [call] = sink.wait_for(1)
    assert call.event == hidden.inbox()[0]
    assert hidden.control("GET", "state")["webhooks"] == []
    assert len(hook.log()) == 1
