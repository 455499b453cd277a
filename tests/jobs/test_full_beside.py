"""A phone that takes no texts for now, beside pacing, ends, schedules and calls that take long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.accounts.connections import Connection
from integration.jobs import retry_and_cancel
from integration.services import Services
from integration.store import keys
from tests.jobs.full_desk import changed, refused
from tests.jobs.history import DEVICE
from tests.jobs.lane_desk import ended, looked, taken
from tests.jobs.paced_desk import FAILED, OTHER_DEVICE, PEOPLE, PacedDesk
from tests.slow_clock import agreed_clock


@pytest.fixture
def desk(own: Services, connection: Connection) -> Iterator[PacedDesk]:
    with agreed_clock(own.db):
        yield PacedDesk(own, connection)


def test_new_recipients_over_the_budget_hold_up_no_known_one_once_the_phone_is_free(
    desk: PacedDesk,
) -> None:
    desk.pace(recipients_per_day=1, per="device")
    known = desk.text(phone=PEOPLE[0])
    assert desk.goes() == [known]
    first = desk.text(phone=PEOPLE[0])
    refused(desk, taken(desk), wait=60)
    stranger, answer = desk.text(phone=PEOPLE[1]), desk.text(phone=PEOPLE[0])
    looked(desk)
    assert desk.waiting() == []
    desk.later(61)
    assert desk.goes() == [first, answer]
    late = desk.text(phone=PEOPLE[0])
    assert desk.goes() == [late]
    told = desk.seen(stranger).waiting
    assert told
    assert (told["for"], told["rule"]) == ("pacing", "recipients_per_day")


def test_a_text_over_the_budget_lets_the_next_one_try_a_full_phone(desk: PacedDesk) -> None:
    desk.pace(recipients_per_day=1, per="device")
    before = desk.text(phone=PEOPLE[0])
    assert desk.goes() == [before]
    stranger = desk.text(phone=PEOPLE[0])
    known = desk.text(phone=PEOPLE[0])
    while desk.waiting():
        refused(desk, taken(desk))
    changed(
        desk, stranger, input={"phone": PEOPLE[1], "message": "Hi", "device_fingerprint": DEVICE}
    )
    desk.later(2)
    looked(desk)
    assert desk.waiting() == [known]


def test_a_sim_over_its_budget_holds_up_no_other_of_a_phone_that_was_full(desk: PacedDesk) -> None:
    desk.pace(parts_per_hour=1, per="sim")
    first = desk.text(sim_slot="SIM1")
    refused(desk, taken(desk), wait=60)
    second, third = desk.text(sim_slot="SIM1"), desk.text(sim_slot="SIM2")
    desk.later(61)
    assert desk.goes() == [first, third]
    desk.later(4000)
    assert desk.goes() == [second]


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


def test_a_new_text_waits_while_another_tries_a_full_phone_for_longer_than_the_pause(
    desk: PacedDesk,
) -> None:
    desk.text()
    refused(desk, taken(desk))
    desk.later(2)
    trying = taken(desk)
    desk.later(2)
    second = desk.text()
    looked(desk)
    assert desk.waiting() == []
    ended(desk, trying)
    looked(desk)
    assert desk.waiting() == [second]
    assert [*desk.own.db.scan_iter("hl:lane:*:full:*")] == []


def test_a_phone_for_which_nothing_waits_is_forgotten(desk: PacedDesk) -> None:
    made = desk.text()
    refused(desk, taken(desk))
    retry_and_cancel.cancel(desk.own, desk.seen(made))
    desk.later(2)
    assert [*desk.own.db.scan_iter("hl:lane:*:full:*")] == []
    assert [*desk.own.db.scan_iter("hl:lane:*:paced")] == []


def test_after_a_change_of_the_pacing_what_was_full_is_tried_at_once(desk: PacedDesk) -> None:
    made = desk.text()
    refused(desk, taken(desk), wait=3000)
    desk.pace(parts_per_hour=5)
    assert desk.goes() == [made]
    assert [*desk.own.db.scan_iter("hl:lane:*:full:*")] == []


def test_many_texts_of_a_full_phone_are_sorted_in_few_looks(desk: PacedDesk) -> None:
    desk.text()
    refused(desk, taken(desk), wait=3000)
    for _ in range(9):
        desk.batch(100)
    other = desk.text(device=OTHER_DEVICE)
    for _ in range(2):
        looked(desk)
    assert desk.waiting() == [other]
