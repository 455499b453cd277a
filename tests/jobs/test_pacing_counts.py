"""What counts against a pacing: what was sent or may have been, whatever dies in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration.accounts import connection_cache, connections
from integration.accounts.connections import Connection
from integration.jobs import budgets, claim, finish
from integration.services import Services
from integration.store import keys
from tests.jobs import two_accounts
from tests.jobs.history import DEVICE
from tests.jobs.lane_desk import SENT, back, ended, looked, lost, pause_over, taken
from tests.jobs.paced_desk import FAILED, LONG, OTHER_DEVICE, PEOPLE, PacedDesk
from tests.slow_clock import agreed_clock

DAY = 86_400


@pytest.fixture
def desk(own: Services, connection: Connection) -> Iterator[PacedDesk]:
    with agreed_clock(own.db):
        yield PacedDesk(own, connection)


@pytest.mark.parametrize("how", ["refused", "limited", "opted out"])
def test_what_was_certainly_not_sent_is_not_counted(desk: PacedDesk, how: str) -> None:
    desk.pace(gap_seconds=600, parts_per_day=1, recipients_per_day=1)
    job = desk.text()
    held = taken(desk)
    if how == "limited":
        back(desk, held, "busy")
        desk.own.db.delete(keys.permits(desk.connection.id))
        assert desk.goes() == [job]
    else:
        ended(desk, held, FAILED, "answered" if how == "refused" else "")
        assert len([desk.text(phone=PEOPLE[3])]) == len(desk.goes())


def test_a_text_that_may_have_gone_out_counts_and_its_look_up_counts_nothing(
    desk: PacedDesk,
) -> None:
    desk.pace(parts_per_day=2)
    lost(desk, taken_of(desk, desk.text()), "answered", later=0)
    desk.text()
    assert len(desk.goes()) == 2, "the look-up ends sent, and one more text goes"
    desk.text()
    assert desk.goes() == []


def taken_of(desk: PacedDesk, job: str) -> Any:
    held = taken(desk)
    assert held.job.id == job
    return held


def test_a_process_that_dies_between_the_claim_and_the_call_leaves_the_text_counted(
    desk: PacedDesk,
) -> None:
    desk.pace(parts_per_day=1)
    job = desk.text()
    taken(desk)
    desk.passed(job)
    desk.own.db.zadd(keys.JOBS_LEASED, {job: 0})
    desk.text()
    assert desk.goes() == [job], "it is looked up, which needs no budget"
    assert desk.goes() == []


def test_a_claim_that_is_repeated_counts_once(desk: PacedDesk) -> None:
    desk.pace(parts_per_day=2)
    job = desk.text()
    assert desk.own.db.lpop(keys.rq_waiting(keys.RQ_ACTIONS)) == job
    held = [claim.claim(desk.own, job, "token") for _ in range(3)]
    assert [each and each.paced for each in held] == ["taken"] * 3
    assert held[0]
    assert finish.finish(desk.own, held[0], SENT)
    more = [desk.text(), desk.text()]
    assert desk.goes() == more[:1]


def test_a_silent_provider_uses_up_no_budget(desk: PacedDesk) -> None:
    desk.pace(parts_per_day=2)
    made = [desk.text() for _ in range(7)]
    for _ in range(4):
        back(desk, taken(desk), "silent")
        assert pause_over(desk)
    assert desk.goes() == made[4:6]


def test_a_text_that_is_found_unsent_keeps_its_turn_before_those_that_were_not_tried(
    desk: PacedDesk,
) -> None:
    desk.pace(parts_per_day=1)
    made = [desk.text() for _ in range(3)]
    lost(desk, taken(desk), "answered", later=0)
    looked(desk)
    back(desk, taken(desk), "answered")
    assert desk.goes() == []
    desk.later(DAY + 1500)
    assert desk.goes() == made[:1]


def test_a_text_that_goes_on_through_another_account_is_taken_back(desk: PacedDesk) -> None:
    given = {"api_key": "pf_other", "base_url": "http://127.0.0.1:9"}
    other = connections.make(workspace="w", provider="pairfon", label="P", settings=given)
    connections.save(desk.own, other)
    connection_cache.forget(desk.own, "w")
    desk.pace(parts_per_day=1)
    first = two_accounts.job(desk, other)
    held, second = taken(desk), desk.text()
    looked(desk)
    assert desk.waiting() == []
    assert two_accounts.moved(desk, held)
    assert set(desk.waiting()) == {first, second}


def test_what_is_taken_back_opens_what_was_closed_for_it(desk: PacedDesk) -> None:
    desk.pace(parts_per_day=1, recipients_per_day=1)
    made = [desk.text(phone=each) for each in PEOPLE[:3]]
    held = taken(desk)
    looked(desk)
    assert desk.seen(made[1]).waiting
    back(desk, held, "busy")
    desk.own.db.delete(keys.permits(desk.connection.id))
    assert desk.goes() == made[:1]
    assert desk.goes() == []


def test_the_used_part_of_each_budget_is_said_in_words(desk: PacedDesk) -> None:
    desk.pace(parts_per_minute=5, parts_per_day=1000, recipients_per_month=10)
    for phone, text in ((PEOPLE[0], "Hello"), (PEOPLE[0], LONG), (PEOPLE[1], "Hello")):
        desk.text(phone=phone, text=text)
    assert len(desk.goes()) == 3
    assert used(desk) == [
        "4 of 5 parts a minute, 4 of 1,000 parts in 24 hours, 2 of 10 recipients in 31 days"
    ]
    desk.later(DAY)
    # A share of the day is 24 minutes long, and counts until all of it is a day old.
    desk.later(1_440)
    assert used(desk)[0].startswith("0 of 5 parts a minute, 0 of 1,000 parts in 24 hours, 2 of 10")
    desk.change(None)
    assert used(desk) == []


@pytest.mark.parametrize(
    ("per", "said"),
    [
        ("device", ["Pixel: 2 of 9 parts an hour"]),
        ("sim", ["Pixel SIM1: 1 of 9 parts an hour", "Pixel SIM2: 1 of 9 parts an hour"]),
        ("sender", ["The usual sender: 3 of 9 parts an hour"]),
    ],
)
def test_what_is_counted_apart_is_said_apart(desk: PacedDesk, per: str, said: list[str]) -> None:
    desk.pace(parts_per_hour=9, per=per)
    for device, sim in ((DEVICE, ""), (DEVICE, "SIM2"), (OTHER_DEVICE, "")):
        desk.text(device=device, **{"sim_slot": sim} if sim else {})
    assert len(desk.goes()) == 3
    assert used(desk) == said


def used(desk: PacedDesk) -> list[str]:
    found = connections.by_id(desk.own, desk.connection.id)
    assert found
    return budgets.used(desk.own, found, [{"device_fingerprint": DEVICE, "device_name": "Pixel"}])
