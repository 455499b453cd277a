"""Sync: a sync that another process just ended is not repeated, and readers are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound import sync
from integration.kernel.capabilities import ListsInbound
from integration.kernel.events import InboundMessage
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from tests.delivery.drains import WORKSPACE


def text(number: int) -> InboundMessage:
    at = datetime(2026, 3, 1, 9, number, tzinfo=UTC)
    return InboundMessage(
        provider_id=str(number), phone="+14155550123", message=f"B{number}", received_at=at
    )


class Window(ListsInbound):
    """A provider that shows what it is given, and has `missed` in its history."""

    def __init__(self, missed: Sequence[int] = ()) -> None:
        self.shows: list[InboundMessage] = []
        self.missed = [text(number) for number in missed]

    def recent(self) -> list[InboundMessage]:
        return self.shows

    def latest(self) -> InboundMessage | None:
        return None

    def backfill(self, since: datetime) -> list[InboundMessage]:
        return self.missed


def synced(
    own: Services,
    connection: Connection,
    patch: pytest.MonkeyPatch,
    windows: Sequence[Sequence[int]],
    missed: Sequence[int] = (),
) -> Connection:
    """The connection after a sync of each window, which holds texts by number."""
    provider = Window(missed)
    patch.setattr(sync, "link", lambda *_, **__: provider)
    for window in windows:
        provider.shows = [text(number) for number in window]
        sync.ask_for(own, connection)
        sync.sync(own, connection, wait=True)
    return connections.get(own, WORKSPACE, connection.id)


@pytest.mark.parametrize(
    "windows",
    [
        [[1, 2, 3], [2, 3, 4]],
        [[1, 2, 3], [3, 4, 5]],
        [[1, 2, 3], [1, 2, 3]],
        [[1, 2, 3], [], [3, 4, 5]],
    ],
    ids=["one left", "one stayed", "all stayed", "empty between"],
)
def test_a_window_that_shares_a_message_with_the_one_before_has_no_gap(
    own: Services,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    windows: list[list[int]],
) -> None:
    assert synced(own, connection, monkeypatch, windows).last_gap is None


def test_a_window_that_shares_no_message_with_the_one_before_has_a_gap(
    own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = synced(own, connection, monkeypatch, [[1, 2], [5, 6]], missed=[3, 4])
    assert found.last_gap
    assert found.last_gap["back_filled"] == 2


def health(own: Services, connection: Connection) -> str:
    """The word is failing once the provider, which is not there, was called."""
    return connections.get(own, WORKSPACE, connection.id).health


def test_a_sync_that_gets_the_lock_after_another_ended_asks_nothing(
    own: Services, connection: Connection
) -> None:
    own.db.hset(keys.sync_state(connection.id), "tried_ms", now_ms())
    sync.sync(own, connection, wait=True)
    assert health(own, connection) == "unknown"
    assert not own.db.exists(keys.sync_lock(connection.id))
    sync.ask_for(own, connection)
    sync.sync(own, connection, wait=True)
    assert health(own, connection) == "failing"


def test_a_poll_is_known_as_a_reader_also_when_the_scheduler_synced_just_before(
    own: Services, connection: Connection
) -> None:
    own.db.hset(keys.sync_state(connection.id), "tried_ms", now_ms())
    sync.freshen(own, WORKSPACE)
    assert own.db.exists(keys.reader(WORKSPACE))
    assert health(own, connection) == "unknown"
