"""A store that was emptied: who ran before says so, and readers are not given what they had."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integration.accounts import bootstrap
from integration.accounts.connections import Connection
from integration.inbound import cursors, inbox
from integration.inbound.commit import commit
from integration.kernel.events import InboundMessage
from integration.kernel.specs import Trigger
from integration.services import Services
from integration.store import durability, keys, server
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE


@pytest.fixture(autouse=True)
def knowing(own: Services) -> None:
    """A process that has met the store as it is."""
    bootstrap.ensure(own)
    durability.watch(own.db)


def empty(own: Services) -> None:
    own.db.flushall()
    durability.watch(own.db)
    own.db.set(keys.EMPTY_MARK, wall_ms() + 1)


def put(own: Services, connection: Connection, text: str, age: timedelta, *, quiet: bool) -> None:
    message = InboundMessage(
        provider_id=text,
        phone="+14155550123",
        message=text,
        received_at=datetime.now(UTC) - age,
    )
    commit(own, connection, [message], "list", quiet=inbox.HISTORY if quiet else inbox.NEWS)


def inbound(own: Services) -> Trigger:
    return own.catalog.trigger("inbound_sms")


def test_a_store_that_stays_is_not_said_to_be_lost(own: Services) -> None:
    durability.watch(own.db)
    assert durability.lost(own.db) == ""
    assert durability.complaints(own.db, server.facts(own.db)) == []


def test_an_emptied_store_says_what_is_gone_and_what_to_do(own: Services) -> None:
    empty(own)
    [told] = durability.complaints(own.db, server.facts(own.db))
    assert "emptied" in told
    assert "Make new keys" in told
    assert len(told) <= 250


def test_another_process_and_a_later_start_learn_of_it_as_well(own: Services) -> None:
    empty(own)
    durability._known.clear()
    assert "emptied" in durability.lost(own.db)


def test_a_store_that_nobody_knew_before_is_called_new_for_a_while(own: Services) -> None:
    assert "is new" in durability.newness(own.db)
    own.db.set(keys.EMPTY_MARK, wall_ms() - 2 * durability.YOUNG_MS)
    assert durability.newness(own.db) == ""


def test_a_full_memory_is_said(own: Services) -> None:
    own.db.config_set("maxmemory", 1)
    try:
        assert any(
            "memory is full" in each for each in durability.complaints(own.db, server.facts(own.db))
        )
    finally:
        own.db.config_set("maxmemory", 0)


def test_a_cursor_from_before_gives_none_of_the_history_and_all_that_is_new(
    own: Services, connection: Connection
) -> None:
    place = f"{wall_ms()}-0"
    empty(own)
    put(own, connection, "old", timedelta(hours=1), quiet=True)
    put(own, connection, "missed", timedelta(seconds=1), quiet=True)
    put(own, connection, "new", timedelta(0), quiet=False)
    reader = cursors.forwards(own, WORKSPACE, inbound(own), {}, 50)
    found, _ = reader(place, inbox.END)
    told = b"".join(found).decode()
    assert [text for text in ("old", "missed", "new") if f'"{text}"' in told] == ["missed", "new"]


def test_a_consumer_that_lost_its_place_begins_where_the_store_was_lost(
    own: Services, connection: Connection
) -> None:
    empty(own)
    put(own, connection, "old", timedelta(hours=1), quiet=True)
    put(own, connection, "new", timedelta(0), quiet=False)
    assert texts_of_a_new_consumer(own) == ["new"]


def test_a_new_consumer_of_a_store_that_stays_is_given_the_history(
    own: Services, connection: Connection
) -> None:
    put(own, connection, "old", timedelta(hours=1), quiet=True)
    assert texts_of_a_new_consumer(own) == ["old"]


def texts_of_a_new_consumer(own: Services) -> list[str]:
    key = cursors.consumer_key(WORKSPACE, inbound(own), "crm", {})
    reader = cursors.forwards(own, WORKSPACE, inbound(own), {}, 50)
    batch = cursors.consume(own, key, reader, required=False, ack=None)
    return [text for text in ("old", "new") if f'"{text}"'.encode() in b"".join(batch.events)]
