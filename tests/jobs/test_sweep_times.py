"""When the sweep looks at lanes: at their own times, and one process at each."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.jobs import sweep
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from tests.jobs.history import Desk
from tests.jobs.lane_desk import back, taken

pytestmark = pytest.mark.usefixtures("slow_clock")


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    """A lane whose second text waits for the end of a pause."""
    made = Desk(own, connection)
    made.batch(3)
    for held in [taken(made), taken(made)]:
        back(made, held, "silent")
    return made


def _due_in(desk: Desk, seconds: float) -> None:
    at = now_ms() + int(seconds * 1000)
    desk.own.db.hset(keys.lane(desk.connection.id), "until", at)
    desk.own.db.zadd(keys.LANES, {desk.connection.id: at})


def test_a_lane_is_looked_at_when_its_time_has_come(desk: Desk) -> None:
    _due_in(desk, 50)
    pauses: list[float] = []

    def wait(seconds: float) -> bool:
        assert desk.waiting() == []
        pauses.append(seconds)
        desk.own.db.hset(keys.lane(desk.connection.id), "until", 0)
        return False

    sweep.sweep(desk.own, 60, wait)
    [pause] = pauses
    assert 0 < pause <= 50
    assert len(desk.waiting()) == 1


def test_a_lane_that_is_due_later_than_the_sweep_lasts_is_not_waited_for(desk: Desk) -> None:
    _due_in(desk, 50)
    sweep.sweep(desk.own, 1, lambda _: pytest.fail("it waited"))
    assert desk.waiting() == []


def test_two_processes_do_not_wait_for_the_same_lane(desk: Desk) -> None:
    _due_in(desk, 50)

    def other(_: float) -> bool:
        sweep.sweep(desk.own, 51, lambda _: pytest.fail("the other one waits for it too"))
        return True

    sweep.sweep(desk.own, 51, other)


def test_a_lane_comes_again_where_the_process_that_waits_for_it_dies(desk: Desk) -> None:
    _due_in(desk, 0.5)
    sweep.sweep(desk.own, 1, lambda _: True)
    assert desk.waiting() == []
    seen: list[float] = []

    def wait(seconds: float) -> bool:
        desk.own.db.hset(keys.lane(desk.connection.id), "until", 0)
        seen.append(seconds)
        return False

    sweep.sweep(desk.own, 60, wait)
    assert len(desk.waiting()) == 1
    assert 0 < seen[0] < 10
