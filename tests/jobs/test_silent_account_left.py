"""What leaves a silent account: when, by how many at once, and from which phone it goes then."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from integration.accounts import connection_cache, connections
from integration.accounts.connections import Connection
from integration.jobs import failover, fallbacks, sweep
from integration.jobs.finish import ABSENT
from integration.kernel.errors import InvalidInput
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import PHONE, Desk
from tests.jobs.paced_desk import LONG, PacedDesk
from tests.jobs.two_accounts import job, known, moved, silent


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


@pytest.fixture
def other(own: Services) -> Connection:
    return made(own, "other")


def made(own: Services, name: str) -> Connection:
    given = {"api_key": f"pf_{name}", "base_url": "http://127.0.0.1:9"}
    found = connections.make(workspace=WORKSPACE, provider="pairfon", label=name, settings=given)
    connections.save(own, found)
    return found


def due(desk: Desk, moving: str) -> None:
    """The time has come to see whether the job moves, where the lane still has it."""
    desk.own.db.zadd(keys.lane_fallbacks(desk.connection.id), {moving: 0}, xx=True)


def test_a_look_up_that_proves_it_unsent_lets_it_move_after_all(
    desk: Desk, other: Connection
) -> None:
    moving = job(desk, other)
    desk.lost(desk.claim(moving))
    due(desk, moving)
    silent(desk, 400)
    assert known(desk, moving).status == "sending"
    desk.again(moving)
    assert desk.asked(moving).detail == ABSENT
    due(desk, moving)
    silent(desk, 4000)
    assert known(desk, moving).connection == other.id


def test_a_backlog_that_leaves_holds_up_no_other_lane(
    own: Services, desk: Desk, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = Desk(own, made(own, "third"))
    theirs = third.job()
    third.lose(theirs)
    leaving = [job(desk, other) for _ in range(3)]
    leave = failover.leave

    def one_by_one(services: Services, lane: str, ids: Sequence[str]) -> None:
        leave(services, lane, ids[:1])

    monkeypatch.setattr(failover, "leave", one_by_one)
    monkeypatch.setattr(sweep, "MOVING_SECONDS", -1)
    silent(desk, 400)
    assert theirs in third.waiting()
    left = [known(desk, each).connection != other.id for each in leaving]
    assert sum(left) == 2
    monkeypatch.undo()
    sweep.sweep(own)  # the lane is due at once
    assert [known(desk, each).connection for each in leaving] == [other.id] * 3


def test_a_moved_text_goes_from_the_only_phone_of_its_account(
    own: Services, desk: Desk, other: Connection
) -> None:
    rows = [{"id": "their-phone", "label": "Their phone"}]
    listed = {"rows": rows, "ids": ["their-phone"], "answered": True, "asked_ms": wall_ms()}
    own.db.set(keys.belongings(other.id, "devices"), json.dumps(listed))
    moving = job(desk, other)
    assert moved(desk, desk.claim(moving))
    assert known(desk, moving).input["device_fingerprint"] == "their-phone"


def test_a_fallback_whose_pacing_never_lets_a_text_go_is_no_fallback(
    own: Services, connection: Connection, other: Connection
) -> None:
    PacedDesk(own, other).pace(parts_per_minute=1)
    cached, action = connection_cache.of(own, WORKSPACE), own.catalog.action("send_sms")
    values = {"phone": [PHONE], "message": LONG, fallbacks.FIELD: [other.id]}
    with pytest.raises(InvalidInput, match="2 parts"):
        fallbacks.chosen(own, cached, connection, action, values)
    short = {**values, "message": "Hello"}
    assert fallbacks.chosen(own, cached, connection, action, short).ids == [other.id]
