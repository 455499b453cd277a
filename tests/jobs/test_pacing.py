"""Pacing: how much of its budget a connection has used, and what goes when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration.accounts import pacing
from integration.accounts.connections import Connection
from integration.jobs import accept
from integration.services import Services
from integration.store import clock, keys
from tests.jobs.lane_desk import FEW, ended, taken
from tests.jobs.paced_desk import LONG, OTHER_DEVICE, PEOPLE, PacedDesk
from tests.slow_clock import agreed_clock

DAY = 86_400


@pytest.fixture
def desk(own: Services, connection: Connection) -> Iterator[PacedDesk]:
    with agreed_clock(own.db):
        yield PacedDesk(own, connection)


def test_without_pacing_nothing_is_counted(desk: PacedDesk) -> None:
    desk.batch(3)
    assert len(desk.goes()) == 3
    assert [*desk.own.db.scan_iter("hl:pace*")] == []


def test_one_text_goes_at_a_time_and_the_next_after_the_gap(desk: PacedDesk) -> None:
    desk.pace(gap_seconds=60)
    made = desk.batch(3)
    assert desk.waiting() == made[:1]
    held = taken(desk)
    desk.later(10)
    assert desk.waiting() == [], "while one is in flight"
    ended(desk, held)
    desk.later(55)
    assert desk.goes() == [], "the gap begins when the call is over"
    desk.later(6)
    assert desk.goes() == made[1:2]
    desk.later(61)
    assert desk.goes() == made[2:]


@pytest.mark.parametrize(
    ("rule", "seconds"),
    [("parts_per_minute", 60), ("parts_per_hour", 3600), ("parts_per_day", DAY)],
)
def test_no_window_lets_more_parts_through_wherever_it_begins(
    desk: PacedDesk, rule: str, seconds: int
) -> None:
    desk.pace(**{rule: 4})
    made = [desk.text(text=each) for each in ("a", LONG, "b", LONG, "c", "d")]
    assert desk.goes() == made[:3], "a fifth part would be one too many"
    desk.later(seconds * 0.5)
    assert desk.goes() == []
    desk.later(seconds * 0.48)
    assert desk.goes() == [], "also where a clock's window has ended"
    desk.later(seconds * 0.04)
    assert desk.goes() == made[3:], "now the first window is over: four parts more"
    assert desk.seen(desk.text()).status == "queued"
    assert desk.goes() == []


def test_a_long_text_waits_for_all_of_its_parts_and_shorter_ones_stay_behind_it(
    desk: PacedDesk,
) -> None:
    desk.pace(parts_per_hour=2)
    first, long, short = desk.text(), desk.text(text=LONG), desk.text()
    assert desk.goes() == [first]
    desk.later(3700)
    assert desk.goes() == [long]
    desk.later(3700)
    assert desk.goes() == [short]


@pytest.mark.parametrize(
    ("per", "others"),
    [
        ("device", {"device": OTHER_DEVICE}),
        ("sim", {"sim_slot": "SIM2"}),
        ("sender", {"sender_id": "+1 415 555 0199"}),
    ],
)
def test_what_is_counted_apart_waits_apart(
    desk: PacedDesk, per: str, others: dict[str, Any]
) -> None:
    desk.pace(gap_seconds=600, per=per)
    one = [desk.text() for _ in range(20)]
    other = [desk.text(**others) for _ in range(2)]
    assert set(desk.goes()) == {one[0], other[0]}
    desk.later(601)
    assert set(desk.goes()) == {one[1], other[1]}


def test_a_sender_counts_however_it_is_written_and_an_unnamed_sim_is_the_first(
    desk: PacedDesk,
) -> None:
    desk.pace(parts_per_day=1, per="sender")
    desk.text(sender_id="+1 415-555-0199")
    desk.text(sender_id="14155550199")
    assert len(desk.goes()) == 1
    desk.pace(per="sim")
    desk.text(sim_slot="SIM1", text="One")
    desk.text(text="Two")
    assert len(desk.goes()) <= 2
    assert len(desk.own.db.zrange(keys.lane_paced(desk.connection.id), 0, -1)) == 1


def test_texts_to_new_recipients_wait_while_those_texted_before_get_theirs(desk: PacedDesk) -> None:
    desk.pace(recipients_per_day=2)
    first = [desk.text(phone=each) for each in PEOPLE[:2]]
    assert desk.goes() == first
    new = [desk.text(phone=each) for each in PEOPLE[2:5]]
    known = desk.text(phone=PEOPLE[0], text="Another")
    assert desk.goes() == [known]
    assert desk.seen(new[1]).waiting == {
        "for": "pacing",
        "rule": "recipients_per_day",
        "ahead": 1,
        "until": (desk.seen(new[0]).waiting or {})["until"],
    }
    desk.later(DAY + 1)
    assert desk.goes() == new[:2]
    late = desk.text(phone=PEOPLE[6])
    assert desk.goes() == []
    desk.later(DAY + 1)
    assert desk.goes() == [new[2], late], "in the order in which they came"


def test_recipients_of_a_month_are_those_of_any_31_days_and_no_number_is_kept(
    desk: PacedDesk,
) -> None:
    desk.pace(recipients_per_month=1)
    desk.text(phone=PEOPLE[0])
    waiting = desk.text(phone=PEOPLE[1])
    assert len(desk.goes()) == 1
    people = [*desk.own.db.scan_iter("hl:pace:*:people")]
    assert len(people) == 1
    assert not any(PEOPLE[0][1:] in each for each in desk.own.db.zrange(people[0], 0, -1))
    assert 0 < desk.own.db.ttl(people[0]) <= 32 * DAY
    desk.later(30 * DAY)
    assert desk.goes() == []
    desk.later(DAY + 1)
    assert desk.goes() == [waiting]
    assert desk.own.db.zcard(people[0]) == 1


def test_a_wake_up_in_vain_gives_the_job_back_to_its_place(desk: PacedDesk) -> None:
    """As two wake-ups that came from before the pacing."""
    made = [desk.text(), desk.text()]
    desk.pace(parts_per_day=1)
    ended(desk, taken(desk))
    assert desk.run() == made[1]
    assert desk.seen(made[1]).status == "queued"
    assert desk.goes() == []
    desk.later(DAY + 1500)
    assert desk.goes() == made[1:]


def test_other_work_of_the_account_has_no_budget(desk: PacedDesk) -> None:
    for action in desk.own.catalog.actions.values():
        fields = action.inputs().fields
        given = {name: each.metadata["sample"] for name, each in fields.items() if each.required}
        is_text = "phone" in given and not given.keys().isdisjoint({"message", "media_url"})
        replies = action.answers and "message" in given
        assert (is_text or replies) == (action.outgoing is not None), action.key


def test_rules_in_words_name_what_they_count() -> None:
    rules = {"per": "sim", "gap_seconds": 5, "parts_per_hour": 1200}
    assert pacing.in_words(rules) == [
        "one text every 5 s of each SIM",
        "1,200 parts an hour of each SIM",
    ]


@pytest.mark.parametrize("rules", [{}, {"parts_per_day": 1}])
def test_who_came_first_goes_first_though_another_process_has_an_earlier_time(
    desk: PacedDesk, monkeypatch: pytest.MonkeyPatch, rules: dict[str, Any]
) -> None:
    if rules:
        desk.pace(**rules)
    made = [desk.text() for _ in range(4)]
    lag = clock.LONGEST_TRIP_MS - 1
    monkeypatch.setattr(accept, "now_ms", lambda: clock.now_ms() - lag)
    made += [desk.text() for _ in range(2)]
    gone = desk.goes()
    while rules and len(gone) < len(made):
        desk.later(DAY + 1500)
        gone += desk.goes()
    assert gone == made


def test_texts_whose_wake_ups_were_lost_go_in_the_order_in_which_they_came(desk: PacedDesk) -> None:
    desk.pace(parts_per_day=4)
    made = []
    for number in range(6):
        made.append(desk.text())
        facts = keys.job(made[-1])
        created = desk.seen(made[-1]).created_ms
        stored = desk.own.db.hget(facts, "facts")
        moved = stored.replace(str(created), str(created - 1000 * (9 - number)))
        desk.own.db.hset(facts, "facts", moved)
    assert len(desk.waiting()) == FEW
    desk.lose(*made[:FEW])
    assert desk.goes() == made[:4]
