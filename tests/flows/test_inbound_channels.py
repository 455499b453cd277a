"""One text, however it reaches us, is polled and delivered as often as a person wrote it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from proofs.rig.receiver import Call
from proofs.rig.sink import Hooked, Sink, looked_at, settled
from proofs.rig.stack import Stack, World

SECOND = "2026-03-01T09:00:00Z"
"""Repeats are of one second; it lies before the connection was made, as late uploads do."""
UNLISTED, UNPUSHED = {"list": False}, {"webhook": False}
STORIES: dict[str, list[dict[str, Any]]] = {
    "only by webhook": [UNLISTED],
    "only by sync": [UNPUSHED],
    "by both": [{}],
    "twice by webhook and listed": [{"webhook_times": 2}],
    "twice by webhook and never listed": [{**UNLISTED, "webhook_times": 2}],
    "repeated by both": [{}, {}],
    "repeated, only by webhook": [UNLISTED, UNLISTED],
    "repeated, only by sync": [UNPUSHED, UNPUSHED],
    "repeated, the second webhook lost": [{}, UNPUSHED],
    "repeated, each webhook twice": [{"webhook_times": 2}, {"webhook_times": 2}],
}
WRITTEN = {words: len(parts) for words, parts in STORIES.items()}


@dataclass(frozen=True, kw_only=True)
class Told:
    """The events of all stories, in one workspace at once; the hook was made before them."""

    world: World
    polled: list[dict[str, Any]]
    calls: list[Call]
    log: list[dict[str, Any]]


@pytest.fixture(scope="module")
def told(stack: Stack) -> Iterator[Told]:
    world, sink = stack.workspace(), Sink()
    world.connect_pairfon()
    hook = Hooked(world, sink)
    for words, parts in STORIES.items():
        for part in parts:
            world.inject(words, received_at=SECOND, **part)
    settled(world, hook, count=sum(WRITTEN.values()))
    yield Told(world=world, polled=world.inbox(limit=100), calls=hook.calls(), log=hook.log())
    world.leave()
    sink.close()


@pytest.mark.parametrize("words", STORIES)
def test_a_text_is_polled_as_often_as_it_was_written(told: Told, words: str) -> None:
    found = [each["id"] for each in told.polled if each["message"] == words]
    assert len(found) == len(set(found)) == WRITTEN[words]


@pytest.mark.parametrize("words", STORIES)
def test_a_text_is_delivered_as_often_as_it_was_written(told: Told, words: str) -> None:
    found = [each for each in told.calls if each.event["message"] == words]
    assert len(found) == WRITTEN[words]
    assert len({each.headers["webhook-id"] for each in found}) == WRITTEN[words]


def test_nothing_else_was_polled_delivered_or_logged(told: Told) -> None:
    assert Counter(each["message"] for each in told.polled) == WRITTEN
    assert Counter(each.event["message"] for each in told.calls) == WRITTEN
    assert len(told.log) == sum(WRITTEN.values())
    assert {(each["status"], each["tries"]) for each in told.log} == {("delivered", 1)}


def test_a_hook_gets_byte_for_byte_what_the_poll_gives(told: Told) -> None:
    answer = told.world.call("GET", "/v1/triggers/inbound-sms?limit=100")
    delivered = {each.body for each in told.calls}
    assert len(delivered) == sum(WRITTEN.values())
    assert all(body in answer.content for body in delivered)
    assert sum(map(len, delivered)) + len(delivered) + 1 == len(answer.content)


def test_an_upstream_id_is_kept_as_text_and_ours_is_not_made_of_it(told: Told) -> None:
    for each in told.polled:
        assert each["provider_id"].isdecimal()
        assert each["id"].startswith("sms_")
        assert each["received_at"] == SECOND


def test_history_from_before_the_connection_is_polled_and_floods_no_hook(
    world: World, sink: Sink
) -> None:
    hook = Hooked(world, sink)
    for number in range(5):
        world.inject(f"Old {number}", received_at=f"2020-01-01T09:00:0{number}Z")
    looked_at(world, world.connect_pairfon())
    world.inject("New", webhook=False, received_at="2020-01-02T09:00:00Z")
    settled(world, hook, count=1)
    assert [each["message"] for each in world.inbox()] == ["New"] + [
        f"Old {number}" for number in (4, 3, 2, 1, 0)
    ]
    assert [each.event["message"] for each in hook.calls()] == ["New"]


def test_a_text_that_only_latest_shows_has_the_id_that_list_and_webhook_give(
    world: World, sink: Sink
) -> None:
    connection = world.connect_pairfon()
    given = {"message": "Seen thrice", "received_at": SECOND, "connection": connection}
    world.inject("Seen thrice", received_at=SECOND, webhook=False, list=False, latest=True)
    settled(world, count=1)
    [first] = world.inbox()
    assert {name: first[name] for name in given} == given
    assert "-" in first["provider_id"], "latest-sms names a message by a UUID"
    Hooked(world, sink)
    world.inject("Seen thrice", received_at=SECOND)
    settled(world, count=1)
    assert world.inbox() == [first]


def test_a_window_that_shows_nothing_we_know_is_filled_from_the_history(world: World) -> None:
    world.connect_pairfon()
    world.inject("Known", webhook=False)
    settled(world, count=1)
    world.control("PUT", "settings", {"inbound_window": 2})
    world.control(
        "POST",
        "inbound",
        [{"phone": "+14155550123", "message": f"B{n}", "webhook": False} for n in range(6)],
    )
    world.stack.until_later(lambda: len(world.inbox(limit=100)) >= 7, "the history read")
    settled(world, count=7)
    assert Counter(each["message"] for each in world.inbox()) == Counter(
        ["Known", *(f"B{n}" for n in range(6))]
    )
