"""The pauses of an account that does not answer: what ends one, and how they differ."""

from __future__ import annotations

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import Desk
from tests.jobs.lane_desk import FEW, HOUR, back, ended, looked, lost, pause_over, state, taken

pytestmark = pytest.mark.usefixtures("slow_clock")


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def test_look_ups_that_are_answered_all_along_shorten_no_pause_of_the_texts(desk: Desk) -> None:
    """Else an account that takes no texts is probed at each look-up, and never less often."""
    desk.batch(5)
    [asked, _] = [lost(desk, held) for held in [taken(desk) for _ in range(FEW)]]
    pause = str(now_ms() + HOUR)
    desk.own.db.hset(keys.lane(desk.connection.id), "until", pause)
    desk.own.db.zadd(keys.lane_asks(desk.connection.id), {asked: now_ms() - 1})
    looked(desk)
    assert desk.waiting() == [asked]
    lost(desk, taken(desk), "answered")
    assert desk.waiting() == []
    assert state(desk)["until"] == pause
    assert "since" in state(desk), "fallbacks take over as after any silence"


def test_a_text_that_is_found_ends_the_pause_for_its_provider_is_only_slow(desk: Desk) -> None:
    made = desk.batch(5)
    [first, _] = [lost(desk, held) for held in [taken(desk) for _ in range(FEW)]]
    desk.own.db.hset(keys.lane(desk.connection.id), "until", now_ms() + HOUR)
    desk.own.db.zadd(keys.lane_asks(desk.connection.id), {first: now_ms() - 1})
    looked(desk)
    assert ended(desk, taken(desk)) == first
    assert desk.waiting() == [made[FEW]]


def test_a_look_up_that_is_answered_after_silent_ones_ends_the_pause(desk: Desk) -> None:
    made = desk.batch(5)
    [first, second] = [lost(desk, held) for held in [taken(desk) for _ in range(FEW)]]
    assert pause_over(desk) == [first]
    lost(desk, taken(desk), "silent")
    desk.own.db.zadd(keys.lane_asks(desk.connection.id), {second: now_ms() - 1})
    looked(desk)
    assert desk.waiting() == [second]
    lost(desk, taken(desk), "answered")
    assert desk.waiting() == [made[FEW]]
    assert "since" not in state(desk)


def test_an_account_that_cannot_be_opened_is_asked_nothing_before_its_pause_is_over(
    desk: Desk,
) -> None:
    """Else one lost answer keeps a worker busy for as long as SECRET_KEY is wrong."""
    made = desk.batch(3)
    lost(desk, taken(desk), "", later=0)
    back(desk, taken(desk), "closed")
    lost(desk, taken(desk), "closed")
    looked(desk)
    assert desk.waiting() == []
    assert pause_over(desk) == [made[0]], "and one job at a time then"


def _account(own: Services, api_key: str) -> Connection:
    given = {"api_key": api_key, "base_url": "http://127.0.0.1:9"}
    made = connections.make(workspace=WORKSPACE, provider="pairfon", label="", settings=given)
    connections.save(own, made)
    return made


def test_accounts_that_fall_silent_together_are_not_tried_together(
    own: Services,
) -> None:
    pauses = set()
    made = [_account(own, f"pf_{number}") for number in range(5)]
    for each in made:
        desk = Desk(own, each)
        desk.job()
        began = now_ms()
        back(desk, taken(desk), "silent")
        pauses.add(int(state(desk)["until"]) - began)
    assert max(pauses) - min(pauses) > 5
