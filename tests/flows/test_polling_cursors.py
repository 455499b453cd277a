"""Cursors and consumers: nothing skipped, nothing given twice, whatever happens meanwhile."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from integration.kernel.events import MESSAGE
from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.sink import ingress_url
from proofs.rig.stack import World

PATH = "/v1/triggers/inbound-sms"


@pytest.fixture
def connected(world: World) -> World:
    world.connect_pairfon()
    return world


def arrive(world: World, *texts: str) -> None:
    """Messages in this order, committed when this returns."""
    items = [
        {"id": text, "phone": "+14155550123", "message": text, "received_at": 1772355600 + number}
        for number, text in enumerate(texts)
    ]
    answer = requests.post(ingress_url(world), json=items, timeout=90)
    assert answer.json() == {"received": len(texts)}


def arrive_singly(world: World, texts: list[str]) -> None:
    for text in texts:
        arrive(world, text)


def poll(world: World, **query: Any) -> tuple[list[str], requests.Response]:
    answer = world.call("GET", PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [each["message"] for each in answer.json()], answer


def drained(world: World, **query: Any) -> list[str]:
    """What polling until there is no more gives."""
    found: list[str] = []
    while texts := poll(world, **query)[0]:
        found += texts
    return found


def words(count: int, start: int = 0) -> list[str]:
    return [f"text {number}" for number in range(start, start + count)]


def test_a_cursor_gives_what_came_after_it_oldest_first(connected: World) -> None:
    arrive(connected, "a", "b", "c")
    newest, first = poll(connected, limit=2)
    assert newest == ["c", "b"]
    cursor = first.headers["X-Next-Cursor"]
    nothing, same = poll(connected, cursor=cursor)
    assert (nothing, same.headers["X-Next-Cursor"]) == ([], cursor)
    arrive(connected, "d", "e", "f")
    found, page = poll(connected, cursor=cursor, limit=2)
    assert found == ["d", "e"]
    assert poll(connected, cursor=page.headers["X-Next-Cursor"])[0] == ["f"]
    assert poll(connected, cursor=cursor, limit=2)[0] == ["d", "e"], "a cursor can be used again"


def test_the_cursor_of_an_empty_inbox_is_its_beginning(connected: World) -> None:
    _, answer = poll(connected)
    arrive(connected, "a", "b")
    assert poll(connected, cursor=answer.headers["X-Next-Cursor"])[0] == ["a", "b"]


@pytest.mark.parametrize("filters", [{}, {"contains": "text"}])
def test_a_reader_misses_and_repeats_nothing_while_messages_arrive(
    connected: World, filters: dict[str, str]
) -> None:
    first = poll(connected, **filters)[1]
    writer = threading.Thread(target=arrive_singly, args=(connected, words(30)))
    writer.start()
    found: list[str] = []
    cursor = first.headers["X-Next-Cursor"]

    def all_read() -> bool:
        nonlocal cursor
        texts, answer = poll(connected, cursor=cursor, limit=7, **filters)
        cursor = answer.headers["X-Next-Cursor"]
        found.extend(texts)
        return not writer.is_alive() and not texts

    until(all_read, "the end of the writer and of the inbox")
    assert found == words(30)


def test_a_stateless_poll_and_its_cursor_share_all_messages_that_arrive_meanwhile(
    connected: World,
) -> None:
    """What a filtered poll did not show, and what came after, is behind its cursor."""
    writer = threading.Thread(target=arrive_singly, args=(connected, words(30)))
    writer.start()
    polls = [poll(connected, contains="text", limit=100) for _ in range(8)]
    writer.join()
    for texts, answer in polls:
        after = drained_from(connected, answer.headers["X-Next-Cursor"])
        assert [*reversed(texts), *after] == words(30)


def drained_from(world: World, cursor: str) -> list[str]:
    texts, _ = poll(world, cursor=cursor, limit=100)
    return texts


def test_a_consumer_gets_everything_once_oldest_first(connected: World) -> None:
    arrive(connected, *words(12))
    found, first = poll(connected, consumer="crm", limit=5)
    assert found == words(5)
    assert first.headers["X-Batch-Id"].startswith("bat_")
    assert drained(connected, consumer="crm", limit=5) == words(7, 5)
    arrive(connected, "late")
    assert poll(connected, consumer="crm")[0] == ["late"]
    assert poll(connected, consumer="crm")[0] == []


@pytest.mark.parametrize("ack", [None, "required"])
def test_a_head_shows_nothing_and_moves_no_consumer(connected: World, ack: str | None) -> None:
    arrive(connected, *words(3))
    assert poll(connected, consumer="crm", limit=1)[0] == words(1)
    for _ in range(2):
        answer = connected.call("HEAD", PATH, params={"consumer": "crm", "ack": ack})
        assert (answer.status_code, answer.content) == (200, b"")
        assert "X-Batch-Id" not in answer.headers
    assert poll(connected, consumer="crm")[0] == words(2, 1)


def test_consumers_of_other_names_and_other_filters_do_not_disturb_each_other(
    connected: World,
) -> None:
    arrive(connected, "red 1", "blue 1", "red 2")
    assert poll(connected, consumer="crm")[0] == ["red 1", "blue 1", "red 2"]
    assert poll(connected, consumer="crm", contains="red")[0] == ["red 1", "red 2"]
    assert poll(connected, consumer="crm", contains="blue")[0] == ["blue 1"]
    assert poll(connected, consumer="other")[0] == ["red 1", "blue 1", "red 2"]
    assert poll(connected, consumer="crm", contains="red")[0] == []


def test_a_batch_that_must_be_acknowledged_is_offered_again_until_it_is(
    connected: World,
) -> None:
    arrive(connected, *words(5))
    found, first = poll(connected, consumer="crm", ack="required", limit=3)
    assert found == words(3)
    batch = first.headers["X-Batch-Id"]
    arrive(connected, "meanwhile")
    again: list[dict[str, Any]] = [
        {"ack": "required", "limit": 3},
        {"ack": "required", "limit": 1},
        {"ack": "required", "limit": 100},
        {"ack": "bat_of_somebody_else", "limit": 3},
        {"limit": 3},
    ]
    for query in again:
        _, answer = poll(connected, consumer="crm", **query)
        assert answer.content == first.content
        assert answer.headers["X-Batch-Id"] == batch
    found, second = poll(connected, consumer="crm", ack=batch, limit=2)
    assert found == words(2, 3)
    assert poll(connected, consumer="crm", ack=batch, limit=2)[1].content == second.content
    batch = second.headers["X-Batch-Id"]
    assert poll(connected, consumer="crm", ack=batch)[0] == ["meanwhile"]


def test_a_batch_whose_messages_were_dropped_is_not_waited_for(connected: World) -> None:
    arrive(connected, *words(3))
    assert poll(connected, consumer="crm", ack="required")[0] == words(3)
    connected.stack.db.xtrim(keys.inbox(connected.name, MESSAGE), maxlen=0)
    arrive(connected, "later")
    found, answer = poll(connected, consumer="crm", ack="required")
    assert found == ["later"]
    assert poll(connected, consumer="crm", ack=answer.headers["X-Batch-Id"])[0] == []


def test_eight_polls_of_one_consumer_at_once_share_the_messages(connected: World) -> None:
    arrive(connected, *words(30))
    with ThreadPoolExecutor(8) as pool:
        drains = list(pool.map(lambda _: drained(connected, consumer="crm", limit=4), range(8)))
    found = [text for each in drains for text in each]
    assert len(found) == 30
    assert set(found) == set(words(30))


def test_two_polls_at_once_that_must_acknowledge_are_offered_the_same_batch(
    connected: World,
) -> None:
    arrive(connected, *words(10))

    def ask(_: int) -> tuple[str, bytes]:
        answer = poll(connected, consumer="crm", ack="required", limit=4)[1]
        return answer.headers["X-Batch-Id"], answer.content

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_a_cursor_of_one_trigger_serves_the_same_log_of_another_workspace_without_leak(
    connected: World,
) -> None:
    arrive(connected, "secret")
    stranger = connected.stack.workspace()
    assert poll(stranger, cursor="c0x0")[0] == []
    assert poll(stranger, consumer="crm")[0] == []
