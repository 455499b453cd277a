"""A lane for each account: what has a wake-up in RQ's queue, what waits, and when it goes on."""

from __future__ import annotations

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.accounts.provider_limit import Permits
from integration.jobs import endings, finish, perform, retry_and_cancel, sweep
from integration.jobs.ledger import get
from integration.kernel.errors import ProviderUnavailable
from integration.kernel.specs import Limit
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from proofs.rig.stack import NEXT_YEAR
from tests.jobs.history import PHONE, Desk
from tests.jobs.lane_desk import (
    FEW,
    HOUR,
    MANY,
    SENT,
    back,
    ended,
    looked,
    lost,
    taken,
)

pytestmark = pytest.mark.usefixtures("slow_clock")


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def test_a_lane_has_room_for_a_few_until_its_provider_answers_and_then_for_many(desk: Desk) -> None:
    made = desk.batch(20)
    assert desk.waiting() == made[:FEW]
    for place in (1, 2):
        ended(desk, taken(desk))
        assert desk.waiting() == made[place : place + MANY]


def test_a_crowd_of_wake_ups_leaves_each_lane_room_for_a_few(desk: Desk) -> None:
    desk.own.db.rpush(keys.rq_waiting(keys.RQ_ACTIONS), *(f"job_{n:x}" for n in range(200)))
    desk.own.db.set(keys.lane_answered(desk.connection.id), 1)
    desk.batch(MANY)
    assert len(desk.waiting()) == 200 + FEW


def test_a_backlog_of_one_account_is_not_in_the_way_of_another(desk: Desk) -> None:
    desk.batch(50)
    given = {"api_key": "pf_other", "base_url": "http://127.0.0.1:9"}
    other = connections.make(workspace="v", provider="pairfon", label="P", settings=given)
    connections.save(desk.own, other)
    job = Desk(desk.own, other).job()
    assert desk.waiting().index(job) == FEW


def test_a_used_up_limit_lets_no_job_run_until_the_provider_allows_more(desk: Desk) -> None:
    made = desk.batch(4)
    for _ in range(FEW):
        back(desk, taken(desk), "busy")
    looked(desk)
    assert desk.waiting() == []
    at = desk.own.db.zscore(keys.LANES, desk.connection.id)
    assert at > now_ms() + 50_000, "and a look a minute is all that the lane costs"
    desk.own.db.delete(keys.permits(desk.connection.id))
    looked(desk)
    assert set(desk.waiting()) == set(made[:FEW]), "they kept their places"


def test_a_provider_that_states_an_absurd_time_is_looked_at_within_a_minute(desk: Desk) -> None:
    """Such as milliseconds in a header for seconds."""
    permits = keys.permits(desk.connection.id)
    desk.own.db.hset(permits, mapping={"blocked": now_ms() + 1000 * HOUR})
    desk.job()
    assert desk.waiting() == []
    assert desk.own.db.zscore(keys.LANES, desk.connection.id) <= now_ms() + 60_000


def test_a_job_that_a_limit_held_up_for_long_is_not_given_up_at_the_first_failure(
    desk: Desk,
) -> None:
    job = desk.job()
    desk.own.db.hset(keys.job(job), "first_ms", now_ms() - 7 * HOUR)
    back(desk, taken(desk), "busy")
    desk.own.db.delete(keys.permits(desk.connection.id))
    looked(desk)
    away = ProviderUnavailable("It cannot be reached.")
    assert endings.waiting(taken(desk), away).status == "queued"


def test_only_as_many_go_as_the_provider_allows_now(desk: Desk) -> None:
    permits = Permits(desk.own.db, desk.connection.id, Limit(requests=4, seconds=600))
    for _ in range(3):
        permits.take()
    made = desk.batch(3)
    assert desk.waiting() == made[:1]


def test_a_wake_up_that_rq_lost_is_given_again(desk: Desk) -> None:
    job = desk.job()
    desk.passed(job)
    sweep.sweep(desk.own)
    assert desk.waiting() == [job], "RQ still has it"
    desk.lose(job)
    sweep.sweep(desk.own)
    assert desk.waiting() == [job]


def test_a_job_whose_process_died_is_looked_up(desk: Desk) -> None:
    job = desk.job()
    held = taken(desk)
    desk.passed(job)
    sweep.sweep(desk.own)
    assert desk.waiting() == [], "its lease has not ended"
    desk.own.db.zadd(keys.JOBS_LEASED, {job: now_ms() - 1})
    desk.passed(job)
    sweep.sweep(desk.own)
    assert taken(desk).mode == "settle"
    assert not finish.finish(desk.own, held, SENT)


def test_what_a_release_before_lanes_left_is_taken_into_a_lane(desk: Desk) -> None:
    queued, sending = desk.job(), desk.job()
    desk.claim(sending)
    for name in [keys.rq_waiting(keys.RQ_ACTIONS), *desk.own.db.scan_iter("hl:lane*")]:
        desk.own.db.delete(name)
    desk.own.db.zadd(keys.JOBS_DUE, {queued: now_ms() - 1})
    desk.own.db.zadd(keys.JOBS_LEASED, {sending: now_ms() - 1})
    sweep.sweep(desk.own)
    assert set(desk.waiting()) == {queued, sending}
    for _ in range(2):
        ended(desk, taken(desk))
    assert desk.own.db.zcard(keys.JOBS_DUE) + desk.own.db.zcard(keys.JOBS_LEASED) == 0


def test_a_release_before_lanes_finds_each_job_due_that_waits(desk: Desk) -> None:
    """Its sweep reads all scores up to now; an upgrade may be taken back."""
    made = desk.batch(5)
    owed = lost(desk, taken(desk), "answered")
    assert set(desk.own.db.zrangebyscore(keys.JOBS_DUE, "-inf", now_ms())) == {*made} - {owed}
    assert desk.own.db.zrangebyscore(keys.JOBS_LEASED, "-inf", now_ms()) == [owed]


def test_a_job_that_ended_elsewhere_leaves_its_lane(desk: Desk) -> None:
    for job in desk.batch(5)[FEW:]:
        desk.own.db.hset(keys.job(job), "status", "cancelled")
    for _ in range(FEW):
        ended(desk, taken(desk))
    sweep.sweep(desk.own)
    assert desk.waiting() == []
    assert not desk.own.db.exists(keys.lane_due(desk.connection.id))


def test_a_cancelled_job_gives_its_place_to_the_next(desk: Desk) -> None:
    made = desk.batch(3)
    retry_and_cancel.cancel(desk.own, get(desk.own, "w", made[0]))
    sweep.sweep(desk.own)
    assert made[2] in desk.waiting()


def test_a_scheduled_job_waits_in_its_lane(desk: Desk) -> None:
    at = f"{NEXT_YEAR}T09:00:00Z"
    job = desk.accepted({"phone": [PHONE], "message": "Later", "schedule_at": at})
    sweep.sweep(desk.own)
    assert desk.waiting() == []
    assert desk.own.db.zscore(keys.LANES, desk.connection.id) > now_ms()
    assert desk.own.db.zcard(keys.lane_due(desk.connection.id)) == 1
    retry_and_cancel.cancel(desk.own, get(desk.own, "w", job))
    assert desk.own.db.zcard(keys.lane_due(desk.connection.id)) == 0


def test_an_idle_lane_is_looked_at_no_more(desk: Desk) -> None:
    desk.job()
    ended(desk, taken(desk))
    looked(desk)
    assert desk.own.db.zcard(keys.LANES) == 0


def test_a_job_whose_record_names_no_connection_comes_to_its_end(desk: Desk) -> None:
    job = desk.job()
    desk.own.db.hdel(keys.job(job), "facts")
    desk.own.db.zadd(keys.JOBS_DUE, {job: 0})
    desk.lose(job)
    for _ in range(2):
        sweep.sweep(desk.own)
    assert desk.waiting() == [job]
    perform.run(job)
    assert desk.own.db.hget(keys.job(job), "status") == "failed"
    assert desk.own.db.zscore(keys.JOBS_DUE, job) is None


def test_a_damaged_lane_does_not_hold_up_another(desk: Desk) -> None:
    desk.own.db.set(keys.lane_due("broken"), "text")
    desk.own.db.zadd(keys.LANES, {"broken": 0})
    job = desk.job()
    desk.lose(job)
    sweep.sweep(desk.own)
    assert desk.waiting() == [job]
    assert keys.lane("broken") in desk.own.db.zrange(keys.BROKEN, 0, -1)
