"""A phone or sender that takes no texts for now: its own texts wait, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integration.accounts import standing
from integration.accounts.connections import Connection
from integration.kernel.verdicts import Full
from integration.services import Services
from integration.store import keys
from tests.jobs.full_desk import SAID, account, hold, refused
from tests.jobs.history import DEVICE
from tests.jobs.lane_desk import Word, ended, looked, taken
from tests.jobs.paced_desk import FAILED, OTHER_DEVICE, PacedDesk
from tests.slow_clock import agreed_clock


@pytest.fixture
def desk(own: Services, connection: Connection) -> Iterator[PacedDesk]:
    with agreed_clock(own.db):
        yield PacedDesk(own, connection)


@pytest.mark.parametrize(
    ("full", "others"),
    [
        ("device", {"device": OTHER_DEVICE}),
        ("sender", {"sender_id": "+14155550199"}),
    ],
)
@pytest.mark.parametrize("rules", [{}, {"parts_per_day": 100}, {"gap_seconds": 1, "per": "sim"}])
def test_one_that_is_full_holds_up_no_other_of_its_account(
    desk: PacedDesk, full: Full, others: dict[str, str], rules: dict[str, object]
) -> None:
    if rules:
        desk.pace(**rules)
    first, second = desk.text(), desk.text()
    third, fourth = desk.text(**others), desk.text(**others)
    held = taken(desk)
    assert held.job.id == first
    refused(desk, held, full)
    went = []
    for _ in range(6):
        looked(desk)
        while desk.waiting():
            held = taken(desk)
            if held.job.id in (first, second):
                refused(desk, held, full)
            else:
                went.append(ended(desk, held))
        desk.later(1)
    assert went == [third, fourth]
    assert account(desk).state != "silent"


def test_it_is_an_answer_and_says_why_the_text_waits_and_until_when(desk: PacedDesk) -> None:
    first, second = desk.text(), desk.text()
    refused(desk, taken(desk))
    if desk.waiting():  # it was under way already
        refused(desk, taken(desk))
    told, behind = desk.seen(first), desk.seen(second)
    assert told.status == "queued"
    assert told.waiting
    assert told.waiting["for"] == "provider"
    assert told.waiting["rule"] == "device_full"
    assert told.message == f"Waiting. {SAID} The next try is at {told.waiting['until']}."
    assert behind.waiting
    assert (told.waiting["ahead"], behind.waiting["ahead"]) == (0, 1)
    late = desk.seen(desk.text())
    assert late.waiting
    assert late.message.startswith("Waiting. Its phone takes no texts for now, says the provider.")
    assert replace(account(desk), full=()) == standing.Standing(waiting=3)
    assert not desk.own.db.exists(keys.lane(desk.connection.id))


def test_one_text_tries_after_each_pause_and_the_pauses_grow(desk: PacedDesk) -> None:
    made = desk.batch(3)
    while desk.waiting():
        refused(desk, taken(desk))
    pauses = []
    for _ in range(8):
        pauses.append(int(desk.own.db.hget(hold(desk), "pause")))
        desk.later(pauses[-1] / 1000 + 0.1)
        assert desk.waiting() == made[:1], "the first of them, alone"
        refused(desk, taken(desk))
    assert pauses == sorted(pauses)
    assert pauses[0] <= 1000
    assert 200_000 < pauses[-1] <= 300_000


def test_what_was_under_way_makes_no_pause_longer(desk: PacedDesk) -> None:
    desk.own.db.set(keys.lane_answered(desk.connection.id), 1)
    desk.batch(8)
    looked(desk)
    held = [taken(desk) for _ in desk.waiting()]
    assert len(held) > 2
    for each in held:
        refused(desk, each)
    assert desk.own.db.hget(hold(desk), "fails") == "1"


def test_once_one_goes_all_that_waited_go_in_their_order(desk: PacedDesk) -> None:
    made = desk.batch(5)
    while desk.waiting():
        refused(desk, taken(desk))
    new = desk.text()
    desk.later(2)
    assert desk.goes() == [*made, new]
    assert desk.own.db.zcard(keys.lane_paced(desk.connection.id)) == 0
    assert [*desk.own.db.scan_iter("hl:lane:*:full:*")] == []


@pytest.mark.parametrize("word", ["answered", ""], ids=["refused", "opted out"])
def test_a_try_that_ends_for_itself_lets_the_next_one_try(desk: PacedDesk, word: Word) -> None:
    first, second = desk.text(), desk.text()
    while desk.waiting():
        refused(desk, taken(desk))
    desk.later(2)
    ended(desk, taken(desk), FAILED, word)
    looked(desk)
    assert desk.waiting() == [second]
    assert desk.seen(first).status == "failed"


def test_a_worker_that_dies_in_a_try_leaves_the_next_one_to_its_time(desk: PacedDesk) -> None:
    first, second = desk.text(), desk.text()
    while desk.waiting():
        refused(desk, taken(desk))
    desk.later(2)
    assert desk.claim(desk.waiting()[0]).job.id == first
    desk.own.db.delete(keys.rq_waiting(keys.RQ_ACTIONS))
    desk.later(0.5)
    assert desk.waiting() == []
    desk.later(2)
    assert desk.waiting() == [second]


def test_a_wait_that_the_provider_states_is_kept(desk: PacedDesk) -> None:
    desk.text()
    refused(desk, taken(desk), wait=600)
    desk.later(590)
    assert desk.waiting() == []
    desk.later(11)
    assert len(desk.waiting()) == 1


@pytest.mark.parametrize(
    ("full", "given", "name"),
    [
        ("device", {}, DEVICE),
        ("sender", {"sender_id": "+14155550199"}, "+14155550199"),
        ("sender", {}, ""),
    ],
)
def test_its_connection_names_it(
    desk: PacedDesk, full: Full, given: dict[str, str], name: str
) -> None:
    text = desk.text(**given)
    refused(desk, taken(desk), full)
    waiting = desk.seen(text).waiting
    assert waiting
    shown = {"rule": f"{full}_full", "name": name, "jobs_waiting": 1, "until": waiting["until"]}
    assert account(desk).full == [shown]
    desk.later(1)
    ended(desk, taken(desk))
    assert not account(desk).full
