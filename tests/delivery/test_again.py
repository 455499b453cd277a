"""Sent again, and for a test: only what the hook could have been sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration.accounts.connections import Connection
from integration.delivery import again, delivery_state, log
from integration.delivery.again import Span
from integration.inbound import inbox
from integration.inbound.commit import commit
from integration.kernel.events import MESSAGE, InboundMessage
from integration.services import Services
from integration.store import keys
from tests.delivery.drains import WORKSPACE, ended, owe, played, receive, subscribe, widen

pytestmark = pytest.mark.usefixtures("slow_clock")
ALICE, BOB = "+14155550123", "+14155550124"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def text(phone: str, said: str, at: datetime = NOON) -> InboundMessage:
    return InboundMessage(provider_id=said, phone=phone, message=said, received_at=at)


@pytest.mark.parametrize("mark", [inbox.HISTORY, inbox.ADDED])
def test_of_an_accounts_history_only_what_came_in_the_span_is_sent_again(
    own: Services, connection: Connection, mark: str
) -> None:
    hook = subscribe(own)
    old = [text(ALICE, "Years ago"), text(ALICE, "At one", NOON + timedelta(hours=1))]
    first, second = commit(own, connection, old, "list", quiet=mark)
    new = receive(own, connection, "Now")

    def found(**span: Any) -> list[str]:
        return [each[2] for each in again.since(own, hook, Span(**span))]

    noon = int(NOON.timestamp() * 1000)
    assert found(since_ms=noon + 1) == [second, *new]
    assert found(since_ms=noon) == [first, second, *new]
    assert found(since_ms=noon, until_ms=noon) == []
    assert found(event_id=second) == new


def test_what_failed_since_an_event_is_sent_again_and_nothing_before(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, 3)
    given_up = [ended(each._replace(tries=9), 500) for each in played(own, "t")]
    played(own, "t", given_up, room=0)
    entries = inbox.after(own, WORKSPACE, MESSAGE, inbox.START)
    first, second, third = [each.event["id"] for each in entries]
    found = again.dead(own, hook, Span(event_id=second))
    assert sorted(each[2] for each in found) == sorted([second, third])
    assert len(again.dead(own, hook, Span(event_id=first))) == 3
    assert again.dead(own, hook, Span(event_id=first, until_ms=1)) == []


def test_a_test_gives_a_target_nothing_that_its_hook_leaves_out(
    own: Services, connection: Connection
) -> None:
    hers, nobodys = subscribe(own, phone=ALICE), subscribe(own, contains="no such words")
    mine = [text(ALICE, "For her own system"), text(BOB, "Private to Bob")]
    commit(own, connection, mine, "webhook")
    assert json.loads(again.sample(own, hers))["message"] == "For her own system"
    sample = own.catalog.trigger("inbound_sms").sample
    assert json.loads(again.sample(own, nobodys)) == dict(sample)
    assert json.loads(again.sample(own, subscribe(own)))["message"] == "Private to Bob"


@pytest.mark.parametrize(
    ("status", "asked"), [(500, None), (0, None), (302, None), (429, "60"), (503, "60")]
)
def test_a_test_that_fails_is_tried_no_more(
    own: Services, connection: Connection, status: int, asked: str | None
) -> None:
    hook = subscribe(own)
    made = again.test(own, hook, again.sample(own, hook))
    [claimed] = played(own, "t")
    assert claimed.is_test
    played(own, "t", [ended(claimed, status, asked)], room=0)
    record = log.get(own, WORKSPACE, made["id"])
    assert (record["status"], delivery_state.next_ms(record)) == ("dead", None)
    assert delivery_state.detail(record).endswith("A test is tried once.")
    assert own.db.hlen(keys.LEASED) == own.db.zcard(keys.owed(WORKSPACE)) == 0
    # It is nothing that a hook is owed.
    assert again.dead(own, hook, Span()) == []
    assert own.db.hget(keys.MEASURES, "deliveries_dead") is None
    waits = own.db.hget(keys.hook(hook.id), "wait_until")
    assert bool(waits) == bool(asked), "a busy target gets its time all the same"
    receive(own, connection, "News")
    assert not any(each.is_test for each in played(own, "t"))


def test_a_test_that_failed_is_sent_once_more_on_request(own: Services) -> None:
    hook = subscribe(own)
    made = again.test(own, hook, again.sample(own, hook))
    played(own, "t", [ended(each, 500) for each in played(own, "t")], room=0)
    again.again(own, WORKSPACE, log.get(own, WORKSPACE, made["id"]))
    [claimed] = played(own, "t")
    played(own, "t", [ended(claimed, 200)], room=0)
    assert log.get(own, WORKSPACE, made["id"])["status"] == "delivered"


def test_one_that_waits_and_is_asked_for_again_keeps_its_turn(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 3)
    turns = own.db.zrange(keys.hook_due(hook.id), 0, -1)
    own.db.zadd(keys.hook_due(hook.id), {name: place for place, name in enumerate(turns)})
    again.again(own, WORKSPACE, log.get(own, WORKSPACE, turns[0]))
    assert own.db.zrange(keys.hook_due(hook.id), 0, -1) == turns
