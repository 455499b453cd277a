"""Whether the store has what a process wrote last: which signs prove a step back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.accounts import bootstrap
from integration.accounts.connections import Connection
from integration.kernel import times
from integration.services import Services
from integration.store import clock, durability, keys, past, server
from integration.store.clock import now_ms, wall_ms
from tests.jobs.history import Desk
from tests.jobs.put_back import begin, copy_of, held, mark, meeting, work


@pytest.fixture
def desk(own: Services, connection: Connection) -> Iterator[Desk]:
    with meeting(own):
        yield Desk(own, connection)


def test_it_is_noticed_at_the_next_beat_and_said(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    put_back = copy_of(desk.own)
    work(desk)
    durability.watch(desk.own.db)
    assert mark(desk.own) == ""
    put_back()
    clock.agree(desk.own.db)
    durability.watch(desk.own.db)
    assert mark(desk.own) == past.PROVED
    assert "put back to an earlier state" in caplog.text
    [told] = durability.complaints(desk.own.db, server.facts(desk.own.db))
    assert "looked up" in told
    begin()
    clock.agree(desk.own.db)
    assert "put back" in durability.put_back(desk.own.db), "other processes say it as well"


def test_a_plain_restart_and_an_emptied_store_are_not_put_back(desk: Desk) -> None:
    desk.own.db.hset(keys.CLOCK, "run", "another")
    clock.agree(desk.own.db)
    durability.watch(desk.own.db)
    assert desk.own.db.hget(keys.CLOCK, "run") == desk.own.db.info("server")["run_id"]
    desk.own.db.flushall()
    clock.agree(desk.own.db)
    bootstrap.ensure(desk.own)
    desk.own.db.incr(keys.EMPTY_MARK)
    clock.agree(desk.own.db)
    assert mark(desk.own) == ""


def test_two_processes_that_notice_make_one_mark(desk: Desk) -> None:
    put_back = copy_of(desk.own)
    first = past._own[0]
    clock.agree(desk.own.db)
    past.forget()
    clock.agree(desk.own.db)
    work(desk)
    put_back()
    clock.agree(desk.own.db)
    told = desk.own.db.hget(keys.PAST, "mark")
    assert told
    past._own[:] = [first]
    clock.agree(desk.own.db)
    assert told == desk.own.db.hget(keys.PAST, "mark")


def test_an_empty_queue_and_a_proof_are_not_doubted(desk: Desk) -> None:
    desk.own.db.hset(keys.CLOCK, "run", "another")
    assert not past.meet(desk.own.db, "this"), "nothing waits"
    desk.job()
    put_back = copy_of(desk.own)
    work(desk)
    put_back()
    clock.agree(desk.own.db)
    desk.own.db.hset(keys.PAST, "until", now_ms() + 60_000)
    assert not past.meet(desk.own.db, "next")
    assert mark(desk.own) == past.PROVED


def test_an_older_proof_says_nothing_of_a_store_that_starts_again(desk: Desk) -> None:
    desk.job()
    desk.own.db.hset(keys.CLOCK, "run", "another")
    desk.own.db.hset(keys.PAST, mapping={"mark": "proved 1", "until": now_ms() - 10_000})
    assert past.meet(desk.own.db, "this")
    assert mark(desk.own) == past.UNSURE


def test_a_clock_that_stood_still_holds_up_no_send_longer(desk: Desk) -> None:
    """Each short stop of everything leaves it some seconds behind the wall's."""
    desk.job()
    desk.own.db.hset(keys.CLOCK, mapping={"run": "another", "steady": now_ms() - 60_000})
    begin()
    clock.agree(desk.own.db)
    assert past.meet(desk.own.db, "this")
    hold = int(desk.own.db.hget(keys.CLOCK, "hold") or 0)
    # Ours lags by the trip; by the wall's time, the hold would end a minute later.
    assert 0 < hold < now_ms() + 30_000
    assert durability.put_back(desk.own.db)[:22] <= f"At {times.from_ms(wall_ms())}"


def test_many_processes_of_an_hour_ago_are_forgotten(desk: Desk) -> None:
    old = {f"p{number}": now_ms() - 2 * 3_600_000 for number in range(101)}
    desk.own.db.hset(keys.PROCESSES, mapping=old)
    clock.agree(desk.own.db)
    assert desk.own.db.hlen(keys.PROCESSES) == 1


@pytest.mark.parametrize("key", [keys.PROCESSES, keys.PAST, keys.CLOCK])
def test_what_else_was_written_there_is_replaced(desk: Desk, key: str) -> None:
    work(desk)
    first = past._own[0]
    begin()
    clock.agree(desk.own.db)
    work(desk)
    job = desk.job()
    desk.own.db.delete(key)
    desk.own.db.set(key, "nonsense")
    clock.agree(desk.own.db)
    past._own[:] = [first]
    clock.agree(desk.own.db)
    assert held(desk, job).mode == "send"


def test_a_beat_of_a_moment_ago_proves_nothing_without_a_claim(desk: Desk) -> None:
    put_back = copy_of(desk.own)
    clock.agree(desk.own.db)
    put_back()
    clock.agree(desk.own.db)
    assert mark(desk.own) == ""
    first, later = past.beat(now_ms()), past.beat(now_ms() + past.LAG_MS + 1000)
    for each in (first, later):
        past.heard(each, 1, "born")
    assert past.beat(now_ms())["seen"] == first["beat"]
