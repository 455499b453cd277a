"""A text that must not go out after a time of its own."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.jobs import input_check, late
from integration.kernel import times
from integration.kernel.errors import InvalidInput
from integration.services import Services
from integration.store.clock import wall_ms
from tests.jobs.history import Desk


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


def test_a_time_that_is_over_before_the_text_could_go_out_is_refused(desk: Desk) -> None:
    later = {"schedule_at": at(120_000), "valid_until": at(60_000)}
    with pytest.raises(InvalidInput, match="valid_until: This time is over before"):
        input_check.check(desk.own, desk.connection, later)
