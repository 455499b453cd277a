"""A list that is read by time: page by page, on from a break, and a little before the last end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from integration.accounts.connections import Connection
from integration.inbound import backfill, list_reading, sync
from integration.inbound.commit import commit
from integration.kernel.errors import ProviderRejected, ProviderUnavailable
from integration.kernel.events import InboundPage, Unreadable
from integration.kernel.specs import Limit
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from tests.delivery.drains import WORKSPACE
from tests.inbound.paged import MINUTE, Reader


@pytest.fixture
def reader(own: Services, connection: Connection) -> Reader:
    """An account that was looked at once, with one text from before it was connected."""
    found = Reader(own, connection)
    found.office.arrive("Old", ago=60 * MINUTE)
    found.sync()
    found.office.asked.clear()
    return found


def test_what_was_there_before_the_connection_goes_to_nobody(reader: Reader) -> None:
    assert (reader.inbox(), reader.inbox(quiet=True)) == (Counter(), Counter(["Old"]))
    assert reader.health() == "ok"
    reader.office.arrive("New")
    reader.sync()
    assert reader.inbox() == Counter(["New"])


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_thousand_rows_come_in_once_each_over_all_pages(
    reader: Reader, newest_first: bool
) -> None:
    reader.office.newest_first = newest_first
    for number in range(1000):
        reader.office.arrive(f"Text {number}")
    reader.sync()
    reader.sync()
    assert reader.inbox() == Counter(f"Text {number}" for number in range(1000))
    assert "reading" not in reader.state()


def test_a_reading_goes_on_at_the_page_where_it_broke_off(reader: Reader) -> None:
    def breaks(cursor: str) -> None:
        if cursor == "100":
            raise ProviderUnavailable("Not now.")

    texts = Counter(f"Text {number}" for number in range(240))
    for each in texts:
        reader.office.arrive(each)
    reader.office.fails = breaks
    reader.sync()
    assert (reader.inbox().total(), reader.health()) == (100, "failing")
    reader.office.fails, asked = lambda _: None, len(reader.office.asked)
    reader.sync()
    assert [cursor for cursor, _ in reader.office.asked[asked:]] == ["100", "150", "200"]
    assert (reader.inbox(), reader.health()) == (texts, "ok")


def test_what_comes_during_a_reading_is_found_by_the_next(reader: Reader) -> None:
    def comes(cursor: str) -> None:
        if cursor == "50":
            reader.office.fails = lambda _: None
            for number in range(60):
                reader.office.arrive(f"Late {number}")

    for number in range(120):
        reader.office.arrive(f"Text {number}", ago=MINUTE)
    reader.office.fails = comes
    reader.sync()
    reader.sync()
    assert reader.inbox().total() == 180
    assert set(reader.inbox().values()) == {1}


def test_a_row_that_is_listed_late_is_found_within_the_overlap(reader: Reader) -> None:
    reader.office.arrive("On time")
    reader.sync()
    reader.office.arrive("Within", ago=1.5 * MINUTE)
    reader.office.arrive("Beyond", ago=30 * MINUTE)
    reader.sync()
    assert reader.inbox() == Counter(["On time", "Within"])


def test_after_an_outage_it_reads_back_to_the_last_end(reader: Reader) -> None:
    hours_ago = wall_ms() - 3 * 3_600_000
    reader.own.db.hset(keys.sync_state(reader.connection.id), "read_ms", hours_ago)
    reader.office.arrive("Two hours ago", ago=120 * MINUTE)
    reader.office.arrive("Before", ago=240 * MINUTE)
    reader.sync()
    assert reader.inbox() == Counter(["Two hours ago"])
    [(_, since)] = reader.office.asked
    assert int(since.timestamp() * 1000) == hours_ago - 120_000


def test_one_message_of_the_webhook_and_the_list_is_one_event(reader: Reader) -> None:
    text = reader.office.arrive("Yes")
    twin = reader.office.arrive("Yes")
    told = replace(text, received_at=text.received_at + timedelta(seconds=3))
    assert commit(reader.own, reader.connection, [told], "webhook") != [""]
    reader.sync()
    reader.sync()
    assert reader.inbox() == Counter({"Yes": 2}), twin


def test_a_cursor_that_leads_nowhere_any_more_begins_the_reading_again(reader: Reader) -> None:
    def gone(cursor: str) -> None:
        if cursor:
            raise ProviderRejected("This page is gone.", upstream_status=400)

    for number in range(70):
        reader.office.arrive(f"Text {number}")
    reader.office.fails = gone
    reader.sync()
    assert (reader.inbox().total(), reader.health()) == (50, "failing")
    reader.office.fails = lambda _: None
    reader.sync()
    assert (reader.inbox().total(), reader.health()) == (70, "ok")


def test_pages_that_lead_in_a_circle_end_the_reading(reader: Reader) -> None:
    reader.office.arrive("Text")
    circle = InboundPage(messages=reader.office.texts, cursor="", more=True)
    reader.office.received = lambda *_: circle  # type: ignore[method-assign]  # the provider of this test
    reader.sync()
    assert reader.health() == "failing"


def test_half_of_the_limit_is_left_to_sends(reader: Reader) -> None:
    reader.kind.limit = Limit(requests=10, seconds=60)
    for number in range(1000):
        reader.office.arrive(f"Text {number}")
    reader.sync()
    assert len(reader.office.asked) <= 5
    assert reader.health() == "ok"
    assert "reading" in reader.state()
    interval = reader.own.settings.sync_interval * 1000
    assert int(reader.state()["tried_ms"]) + interval > now_ms()


def test_a_reading_that_has_no_more_time_goes_on_soon(reader: Reader) -> None:
    for number in range(120):
        reader.office.arrive(f"Text {number}")
    reader.own.db.hset(keys.sync_state(reader.connection.id), "tried_ms", 0)
    within = list_reading.LEAST_SECONDS / 2
    sync.sync(reader.own, reader.connection, wait=True, within=within)
    assert reader.inbox().total() == 50
    due = int(reader.state()["tried_ms"]) + reader.own.settings.sync_interval * 1000
    assert due - now_ms() <= sync.READ_ON_MS
    reader.sync()
    assert reader.inbox().total() == 120


def test_a_poll_that_finds_the_last_sync_old_reads_the_list(reader: Reader) -> None:
    reader.office.arrive("New")
    sync.freshen(reader.own, WORKSPACE)
    assert reader.inbox() == Counter()
    reader.own.db.hset(keys.sync_state(reader.connection.id), "tried_ms", 0)
    sync.freshen(reader.own, WORKSPACE)
    assert reader.inbox() == Counter(["New"])


def test_unreadable_rows_are_kept_and_the_counts_are_never_asked_for(reader: Reader) -> None:
    reader.office.unread = [Unreadable(name="a", shown={"id": 1}, reason="A row has no sender.")]
    reader.sync()
    assert reader.own.db.llen(keys.unreadable(WORKSPACE)) == 1
    assert backfill.turn(reader.own, reader.connection) > now_ms()


def test_another_account_under_the_connection_is_read_from_its_start(
    reader: Reader,
) -> None:
    reader.own.db.hset(keys.sync_state(reader.connection.id), "account", "another")
    reader.office.arrive("Its history", ago=90 * MINUTE)
    reader.sync()
    assert reader.inbox() == Counter()
    assert reader.inbox(quiet=True) == Counter(["Old", "Its history"])


def test_a_damaged_place_is_noted_and_the_reading_begins_again(reader: Reader) -> None:
    reader.own.db.hset(keys.sync_state(reader.connection.id), "reading", "{")
    reader.office.arrive("New")
    reader.sync()
    assert reader.inbox() == Counter(["New"])


@pytest.mark.parametrize("ahead", [timedelta(), 20 * MINUTE, timedelta(hours=3)])
def test_nothing_is_lost_where_our_clock_is_ahead_of_the_providers(
    reader: Reader, ahead: timedelta
) -> None:
    reader.office.behind = ahead
    reader.sync()
    for number in range(3):
        reader.office.arrive(f"Text {number}")
        reader.sync()
    assert reader.inbox() == Counter(f"Text {number}" for number in range(3))
