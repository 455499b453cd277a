"""The inbox counts sightings: a text written twice is two events, and one seen twice is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from integration.accounts.connections import Connection
from integration.inbound import cursors
from integration.inbound.commit import commit
from integration.kernel.events import Channel, InboundMessage
from integration.services import Services
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE


def seen(own: Services, connection: Connection, channel: Channel, *ids: str) -> list[bool]:
    """Whether each sighting of the one text, under the provider's ids, is a new event."""
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    found = [
        InboundMessage(provider_id=each, phone="+14155550123", message="At home", received_at=at)
        for each in ids
    ]
    return [bool(each) for each in commit(own, connection, found, channel)]


def test_a_text_that_was_written_twice_is_two_events(own: Services, connection: Connection) -> None:
    assert seen(own, connection, "list", "1", "2") == [True, True]
    assert seen(own, connection, "list", "1", "2") == [False, False]


def test_a_text_is_one_event_though_each_channel_has_its_own_id(
    own: Services, connection: Connection
) -> None:
    assert seen(own, connection, "list", "1") == [True]
    assert seen(own, connection, "latest", "8f2c") == [False]
    assert seen(own, connection, "webhook", "1") == [False]


def test_a_channel_that_shows_more_than_the_others_brings_the_rest(
    own: Services, connection: Connection
) -> None:
    assert seen(own, connection, "webhook", "1", "2") == [True, True]
    assert seen(own, connection, "list", "1", "2", "3") == [False, False, True]


def test_the_latest_is_the_newest_by_its_time_whatever_a_phone_uploads_late(
    own: Services, connection: Connection
) -> None:
    now = datetime.fromtimestamp(wall_ms() // 1000, UTC)
    assert latest(own) == []
    arrive(own, connection, "Now", now)
    for number in range(300):
        arrive(own, connection, f"Late {number}", now - timedelta(hours=2, seconds=number))
    assert latest(own) == ["Now"]
    arrive(own, connection, "In the same second", now)
    assert latest(own) == ["In the same second"]
    assert latest(own, contains="late") == ["Late 0"]


def ahead(**span: int) -> datetime:
    return datetime.fromtimestamp(wall_ms() // 1000, UTC) + timedelta(**span)


def test_a_text_that_is_dated_ahead_is_the_latest_until_the_next_one_comes_in(
    own: Services, connection: Connection
) -> None:
    arrive(own, connection, "In another zone", ahead(hours=9))
    assert latest(own) == ["In another zone"]
    arrive(own, connection, "Now", ahead(seconds=1))
    assert latest(own) == ["Now"]
    arrive(own, connection, "By a fast clock", ahead(minutes=2))
    arrive(own, connection, "Now again", ahead(seconds=2))
    assert latest(own) == ["By a fast clock"]


def arrive(own: Services, connection: Connection, words: str, at: datetime) -> None:
    text = InboundMessage(provider_id=words, phone="+14155550123", message=words, received_at=at)
    assert all(commit(own, connection, [text], "list"))


def latest(own: Services, **filters: str) -> list[str]:
    trigger = own.catalog.trigger("latest_sms")
    found = cursors.latest(own, WORKSPACE, trigger, filters)
    return [str(each.event["message"]) for each in found]
