"""A text that must not go out after a time of its own."""

from __future__ import annotations

from typing import Literal

import pytest

from integration.accounts.connections import Connection
from integration.jobs import input_check, late
from integration.kernel import times
from integration.kernel.errors import InvalidInput
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from tests.jobs.history import Desk
from tests.jobs.lane_desk import HOUR, back, taken
from tests.jobs.paced_desk import PacedDesk
from tests.slow_clock import agreed_clock


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def at(ahead_ms: int) -> str:
    return times.from_ms(wall_ms() + ahead_ms)


def test_a_text_whose_time_is_over_ends_before_the_call(desk: Desk) -> None:
    ending = late.refusal(desk.claim(desk.job(valid_until=at(-1_000))))
    assert ending
    assert ending.error
    assert (ending.status, ending.error["code"]) == ("failed", "too_late")


def test_a_text_whose_time_is_to_come_goes_out(desk: Desk) -> None:
    assert late.refusal(desk.claim(desk.job(valid_until=at(60_000)))) is None
    assert late.refusal(desk.claim(desk.job("Another"))) is None


@pytest.mark.parametrize("why", ["silent", "busy"])
@pytest.mark.parametrize("rules", [{}, {"parts_per_day": 9}])
def test_a_text_whose_time_is_over_ends_though_its_account_takes_none(
    own: Services, connection: Connection, why: Literal["silent", "busy"], rules: dict[str, int]
) -> None:
    with agreed_clock(own.db):
        desk = PacedDesk(own, connection)
        if rules:
            desk.pace(**rules)
        desk.text()
        back(desk, taken(desk), why)
        own.db.hset(keys.lane(connection.id), "until", now_ms() + HOUR)
        ending = desk.text(valid_until=at(60_000))
        assert desk.goes() == []
        desk.later(61)
        assert desk.run() == ending
        job = desk.seen(ending)
        assert (job.status, (job.error or {})["code"]) == ("failed", "too_late")
        assert not own.db.exists(keys.lane_ends(connection.id))
        assert desk.goes() == []


def test_a_time_that_is_over_before_the_text_could_go_out_is_refused(desk: Desk) -> None:
    later = {"schedule_at": at(120_000), "valid_until": at(60_000)}
    with pytest.raises(InvalidInput, match="valid_until: This time is over before"):
        input_check.check(desk.own, desk.connection, later)
