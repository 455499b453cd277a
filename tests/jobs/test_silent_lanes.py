"""A provider that does not answer, and outcomes that were lost: probes and look-ups of a lane."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.accounts.provider_limit import Permits
from integration.accounts.provider_link import Reach
from integration.jobs import endings, finish, ledger
from integration.jobs.finish import Ending
from integration.kernel import times
from integration.kernel.errors import LimitUsedUp, ProviderUnavailable
from integration.kernel.specs import Limit
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from tests.jobs.history import Desk
from tests.jobs.lane_desk import (
    FEW,
    HOUR,
    MANY,
    back,
    ended,
    looked,
    lost,
    pause_over,
    state,
    taken,
)
from tests.jobs.two_accounts import known

pytestmark = pytest.mark.usefixtures("slow_clock")


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def test_a_silent_provider_gets_one_probe_after_growing_pauses(desk: Desk) -> None:
    desk.batch(9)
    for _ in range(FEW):
        back(desk, taken(desk), "silent")
    assert desk.waiting() == []
    pauses = []
    for _ in range(4):
        assert len(pause_over(desk)) == 1
        back(desk, taken(desk), "silent")
        pauses.append(int(state(desk)["until"]) - now_ms())
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * pauses[0]


def test_one_answer_opens_the_lane_of_a_silent_provider(desk: Desk) -> None:
    made = desk.batch(12)
    for held in [taken(desk) for _ in range(FEW)]:
        back(desk, held, "silent")
    assert pause_over(desk) == [made[FEW]]
    ended(desk, taken(desk))
    assert desk.waiting() == made[FEW + 1 : FEW + 1 + MANY]
    assert state(desk) == {}


def test_a_text_and_a_look_up_probe_a_silent_provider_in_turns(desk: Desk) -> None:
    made = desk.batch(5)
    owed = [lost(desk, held) for held in [taken(desk) for _ in range(FEW)]]
    probes = []
    for _ in range(3):
        pause_over(desk)
        probes.append(lost(desk, taken(desk)))
    assert probes[1] == made[FEW]
    assert {probes[0], probes[2]} == {*owed}


def test_a_look_up_that_is_answered_lets_a_text_probe_at_once(desk: Desk) -> None:
    made = desk.batch(5)
    owed = [lost(desk, held) for held in [taken(desk) for _ in range(FEW)]]
    [probe] = pause_over(desk)
    assert probe in owed
    lost(desk, taken(desk), "answered")
    assert desk.waiting() == [made[FEW]], "and no second one beside it"


def test_a_look_up_that_is_answered_comes_again_at_its_time_and_no_sooner(desk: Desk) -> None:
    """Else a single lost answer uses up the provider's limit within seconds."""
    job = desk.job()
    lost(desk, taken(desk))
    assert pause_over(desk) == [job]
    lost(desk, taken(desk), "answered")
    assert desk.waiting() == []
    assert pause_over(desk) == []
    desk.own.db.zadd(keys.lane_asks(desk.connection.id), {job: now_ms() - 1})
    looked(desk)
    assert desk.waiting() == [job]


def test_a_history_that_hangs_stops_no_account_whose_texts_are_taken(desk: Desk) -> None:
    desk.batch(6)
    lost(desk, taken(desk), "", later=0)
    while desk.waiting():
        held = taken(desk)
        if held.mode == "settle":
            lost(desk, held, "silent")
        else:
            ended(desk, held)
    assert not desk.own.db.exists(keys.lane_due(desk.connection.id))
    assert state(desk) == {}


def test_a_look_up_whose_time_has_come_passes_a_backlog_and_one_runs_at_a_time(desk: Desk) -> None:
    desk.batch(20)
    owed = [lost(desk, held, "", later=0) for held in [taken(desk), taken(desk)]]
    ended(desk, taken(desk))
    assert len([each for each in desk.waiting() if each in owed]) == 1


def test_a_process_that_ends_its_job_after_the_lease_leaves_no_look_up_behind(desk: Desk) -> None:
    job = desk.job()
    held = taken(desk)
    desk.own.db.zadd(keys.JOBS_LEASED, {job: now_ms() - 1})
    desk.own.db.hset(keys.lane(desk.connection.id), "until", now_ms() + HOUR)
    desk.own.db.zadd(keys.lane_out(desk.connection.id), {"job_0": now_ms() + HOUR})
    desk.own.db.hset(keys.lane(desk.connection.id), "asking", "job_0")
    desk.passed(job)
    looked(desk)
    assert desk.own.db.zrange(keys.lane_asks(desk.connection.id), 0, -1) == [job]
    ended(desk, held)
    assert not desk.own.db.exists(keys.lane_asks(desk.connection.id))


def test_look_ups_of_jobs_that_have_ended_hold_up_no_other(desk: Desk) -> None:
    made = desk.batch(6)
    ended(desk, taken(desk))
    owed = [lost(desk, taken(desk), "answered", later=1_000) for _ in range(4)]
    for job in owed[:3]:
        desk.own.db.hset(keys.job(job), "status", "delivered")
    places = keys.lane_asks(desk.connection.id)
    desk.own.db.zadd(places, {job: place for place, job in enumerate(owed)})
    looked(desk)
    assert owed[3] in desk.waiting()
    assert made[5] in desk.waiting()
    assert not {*owed[:3]} & {*desk.own.db.zrange(keys.JOBS_LEASED, 0, -1)}


def test_a_text_that_a_receipt_ended_while_it_waited_counts_no_more_as_waiting(desk: Desk) -> None:
    made = desk.batch(4)
    desk.own.db.hset(keys.job(made[2]), "status", "delivered")
    ended(desk, taken(desk))
    assert made[3] in desk.waiting()
    assert made[2] not in desk.own.db.zrange(keys.JOBS_DUE, 0, -1)


def test_a_scheduled_text_whose_time_has_come_says_what_it_waits_for(desk: Desk) -> None:
    job = desk.job(schedule_at=times.from_ms(wall_ms() + HOUR))
    desk.batch(FEW)
    for _ in range(FEW):
        back(desk, taken(desk), "silent")
    [found] = ledger.explained(desk.own, [known(desk, job)])
    assert found.message == "Scheduled."
    desk.own.db.hset(keys.job(job), "due_ms", now_ms() - 1)
    [found] = ledger.explained(desk.own, [known(desk, job)])
    assert found.message.startswith("Waiting. The provider has not answered since")


def test_a_late_look_up_goes_behind_fresh_work(desk: Desk) -> None:
    made = desk.batch(5)
    held = taken(desk)
    desk.own.db.hset(keys.job(held.job.id), "ends_ms", now_ms() - HOUR)
    lost(desk, held, "answered", later=-1)
    assert [ended(desk, taken(desk)) for _ in made] == [*made[1:], made[0]]


def test_the_last_permits_of_a_window_are_kept_for_look_ups(desk: Desk) -> None:
    desk.batch(2)
    lost(desk, taken(desk), "answered", later=20_000)
    permits = Permits(desk.own.db, desk.connection.id, Limit(requests=2, seconds=600))
    permits.take()
    before = desk.waiting()
    desk.job()
    assert desk.waiting() == before


def test_a_limit_that_an_answer_lowers_closes_the_lane_until_its_window_ends(desk: Desk) -> None:
    permits = Permits(desk.own.db, desk.connection.id, Limit(requests=100, seconds=600))
    permits.take()
    told = {"ratelimit-limit": "30", "ratelimit-remaining": "0", "ratelimit-reset": "600"}
    permits.learn(told, 200)
    desk.batch(3)
    at = now_ms() + HOUR
    waits = Ending(status="queued", message="?", outcome="?", detail="?", later_ms=at)
    for held in [taken(desk), taken(desk)]:
        with pytest.raises(LimitUsedUp):
            permits.take()
        assert finish.finish(desk.own, held, waits, Reach(word="busy"))
    assert desk.waiting() == []


@pytest.mark.parametrize(
    ("tried", "silent", "ends"),
    [
        (7 * HOUR, 7 * HOUR, "six hours without an answer"),
        (7 * HOUR, 5 * HOUR, ""),
        (7 * HOUR, None, ""),
        (1 * HOUR, 7 * HOUR, ""),
        (25 * HOUR, None, "a day"),
    ],
)
def test_a_text_is_given_up_after_six_hours_of_silence_or_a_day(
    desk: Desk, tried: int, silent: int | None, ends: str
) -> None:
    desk.batch(1)
    [name] = desk.waiting()
    desk.own.db.hset(keys.job(name), "first_ms", now_ms() - tried)
    if silent is not None:
        desk.own.db.hset(keys.lane(desk.connection.id), "since", wall_ms() - silent)
    ending = endings.waiting(taken(desk), ProviderUnavailable("Nobody is there."))
    assert ending.status == ("failed" if ends else "queued")
    assert ends in ending.message


def test_what_a_provider_lets_wait_is_not_given_up(desk: Desk) -> None:
    desk.own.db.hset(keys.job(desk.job()), "first_ms", now_ms() - 100 * HOUR)
    busy = ProviderUnavailable("Slowly.", retry_after=5)
    assert endings.waiting(taken(desk), busy).status == "queued"


def test_an_answer_begins_the_six_hours_of_the_others_again(desk: Desk) -> None:
    desk.batch(4)
    for _ in range(FEW):
        back(desk, taken(desk), "silent")
    desk.own.db.hset(keys.lane(desk.connection.id), "since", wall_ms() - 7 * HOUR)
    pause_over(desk)
    ended(desk, taken(desk))
    assert taken(desk).silent_ms == 0
