"""A phone that takes no texts for now, beside pacing, ends, schedules and calls that take long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.accounts.connections import Connection
from integration.services import Services
from integration.store import keys
from tests.jobs.full_desk import refused
from tests.jobs.lane_desk import ended, looked, taken
from tests.jobs.paced_desk import FAILED, PacedDesk
from tests.slow_clock import agreed_clock


@pytest.fixture
def desk(own: Services, connection: Connection) -> Iterator[PacedDesk]:
    with agreed_clock(own.db):
        yield PacedDesk(own, connection)


@pytest.mark.parametrize("end", ["late", "rejected"])
def test_a_text_that_ends_for_itself_is_no_reason_to_try_a_full_phone(
    desk: PacedDesk, end: str
) -> None:
    made = [desk.text(valid_until="2031-01-01T00:00:00Z") for _ in range(3)]
    first, second = taken(desk), taken(desk)
    refused(desk, first, wait=3000)
    if end == "rejected":
        ended(desk, second, FAILED)
    else:
        refused(desk, second)
        desk.own.db.zadd(keys.lane_ends(desk.connection.id), {made[1]: 1}, xx=True)
        desk.own.db.hset(keys.job(made[1]), "late_ms", 1)
        looked(desk)
        ended(desk, taken(desk), FAILED, "")
    looked(desk)
    assert desk.waiting() == []
