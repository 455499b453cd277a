"""Sync: none repeats one that just ended, readers are known, and what gives doubt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integration import scheduler
from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound import sync
from integration.kernel.errors import (
    LimitUsedUp,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
)
from integration.kernel.events import InboundMessage
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from tests.delivery.drains import WORKSPACE
from tests.inbound.account import Looked

pytestmark = pytest.mark.usefixtures("slow_clock")


def health(own: Services, connection: Connection) -> str:
    """The word is failing once the provider, which is not there, was called."""
    return connections.get(own, WORKSPACE, connection.id).facts.get("health", "unknown")


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


def test_an_account_whose_calls_our_sends_used_up_is_well_and_is_asked_when_there_are_more(
    looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left() -> list[InboundMessage]:
        raise LimitUsedUp("Used up.", retry_after=40)

    looked.sync()
    monkeypatch.setattr(looked.account, "recent", none_left)
    for _ in range(3):
        looked.sync()
        state = looked.own.db.hgetall(keys.sync_state(looked.connection.id))
        interval = looked.own.settings.sync_interval * 1000
        assert abs(int(state["tried_ms"]) + interval - now_ms() - 40_000) < 10_000
    assert looked.now().facts["health"] == "ok"
    assert not sync.rests(looked.own, looked.connection.id)


@pytest.mark.parametrize(
    ("error", "rests"),
    [
        (ProviderUnavailable("It does not answer."), True),
        (ProviderRejected("It refused the key.", upstream_status=401), True),
        (ProviderUnavailable("It is busy.", upstream_status=429, retry_after=30), True),
        (ProviderUnavailable("Its list is broken.", upstream_status=500), False),
        (ProviderRejected("No list for this key.", upstream_status=403), False),
    ],
)
def test_an_account_whose_list_alone_fails_is_asked_all_the_rest(
    looked: Looked, monkeypatch: pytest.MonkeyPatch, error: ProviderError, *, rests: bool
) -> None:
    def failing() -> list[InboundMessage]:
        raise error

    monkeypatch.setattr(looked.account, "recent", failing)
    looked.sync()
    assert sync.rests(looked.own, looked.connection.id) is rests
    plan: dict[str, int] = {}
    duty = scheduler.Scheduler(looked.own)
    duty._do(scheduler.Subject(scheduler.CONNECTION, looked.connection.id), plan)
    assert ("register" in plan) is not rests


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=1)])
def test_a_burst_into_an_empty_account_is_doubted(
    own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch, late: timedelta
) -> None:
    looked = Looked(own, connection, monkeypatch)
    looked.sync()
    for number in range(20):
        looked.account.arrive(f"B{number}", late=late)
    looked.sync()
    assert looked.doubts()
    looked.compare()
    assert sum(looked.inbox().values()) == 20


def test_a_list_whose_oldest_text_is_new_is_doubted_though_a_webhook_brought_its_newest(
    looked: Looked,
) -> None:
    looked.account.arrive("Known")
    looked.sync()
    looked.account.window = 3
    for number in range(6):
        looked.account.arrive(f"B{number}")
    looked.told(looked.account.arrive("Last"))
    looked.sync()
    assert looked.doubts()
    looked.compare()
    assert sum(looked.inbox().values()) == 8


def test_a_list_that_goes_on_from_what_is_known_is_not_doubted(looked: Looked) -> None:
    looked.account.arrive("New")
    looked.sync()
    assert not looked.doubts()
