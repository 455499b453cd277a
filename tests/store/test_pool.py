"""The pool: no error of the store takes a connection out of it, and callers wait their turn.

Some of it is from public bug reports on redis-py. 4298: a connection that cannot be made costs
its place. 161: a pipeline keeps one. 2792: "Too many connections" until the restart. 2665: who is
broken off leaves a reply for the next caller.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer

from integration.accounts import gate
from integration.services import Services
from integration.store import client, keys
from integration.store.pipeline import Line
from integration.store.pool import Pool
from tests.store.faulty_store import FAULTS, FaultyStore, faulty_store

ERRORS = 10_000
CROWD = 16
QUICK = "?socket_timeout=0.4&health_check_interval=0"
PATIENCE = 60.0


@pytest.fixture
def faulty(own: Services) -> Iterator[FaultyStore]:
    with faulty_store(own.settings.redis_url) as found:
        yield found


@pytest.fixture
def db(faulty: FaultyStore) -> Iterator[client.TextStore]:
    found = client.connect(faulty.url + QUICK)
    yield found
    found.close()


def pool_of(db: client.TextStore) -> Pool:
    found = db.connection_pool
    assert isinstance(found, Pool)
    return found


def errors_of(step: Callable[[], Any], times: int) -> int:
    failed = 0
    for _ in range(times):
        try:
            step()
        except RedisError:
            failed += 1
    return failed


def heal(faulty: FaultyStore, db: client.TextStore) -> None:
    """The store is well again, and as slow to answer as a busy machine may make it."""
    pool = pool_of(db)
    pool.connection_kwargs["socket_timeout"] = PATIENCE
    for each in pool._available_connections:
        each.socket_timeout = PATIENCE
    faulty.fail("")


def ways(db: client.TextStore) -> list[Callable[[], Any]]:
    """All in which a process of ours asks the store."""
    line = Line(pool_of(db))
    counted = gate.REFUSE(failures=keys.quota("t"), limit=1, length=1000)
    return [
        lambda: db.set("hl:t", 1),
        lambda: line.ask(["SET", "hl:t", 1], ["GET", "hl:t"]),
        lambda: line.run(counted),
        lambda: counted.run(db),
        lambda: db.pipeline(transaction=True).set("hl:t", 1).get("hl:t").execute(),
        lambda: db.pipeline(transaction=False).set("hl:t", 1).get("hl:t").execute(),
        lambda: db.blpop(["hl:t:none"], 0.02),
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_is_back_serves_at_once_whatever_it_failed_with(
    faulty: FaultyStore, db: client.TextStore, fault: str
) -> None:
    every = ways(db)
    faulty.fail(fault)
    times = 2 if fault == "silent" else ERRORS // len(FAULTS) // len(every)
    for way in every:
        assert errors_of(way, times) == times
    heal(faulty, db)
    for way in every:
        way()
    assert not pool_of(db)._in_use_connections


def test_ten_thousand_errors_under_many_threads_cost_no_connection(
    faulty: FaultyStore, db: client.TextStore
) -> None:
    every, done = ways(db), threading.Event()

    def caller(number: int) -> int:
        return sum(
            errors_of(every[(number + each) % len(every)], 1) for each in range(ERRORS // CROWD)
        )

    def weather() -> None:
        while not done.is_set():
            for fault in ("reset", "half", "closed", "loading", "max clients", "silent", ""):
                faulty.fail(fault)
                time.sleep(0.02)

    turning = threading.Thread(target=weather)
    turning.start()
    with ThreadPoolExecutor(CROWD) as crowd:
        failed = sum(crowd.map(caller, range(CROWD)))
    done.set()
    turning.join()
    heal(faulty, db)
    for way in every:
        way()
    assert failed > ERRORS // 4
    assert not pool_of(db)._in_use_connections


def test_two_hundred_threads_share_two_connections_in_turn(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine a turn may take longer than any caller is to wait.
    monkeypatch.setattr("integration.store.pool.TURN_SECONDS", 120.0)

    def caller(number: int) -> int:
        return sum(int(own.db.incr(f"hl:t:{number}")) for _ in range(20))

    with ThreadPoolExecutor(200) as crowd:
        assert Counter(crowd.map(caller, range(200))) == {210: 200}
    listed = own.db.client_list()
    assert len([each for each in listed if each["cmd"] in ("incr", "client|list")]) <= client.MOST


def test_the_caller_that_waits_longest_is_served_next(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.store.pool.TURN_SECONDS", 120.0)
    pool = pool_of(own.db)
    lent = [pool.lend() for _ in range(client.MOST)]
    served: list[int] = []

    def caller(number: int) -> None:
        connection = pool.lend()
        served.append(number)
        pool.release(connection)

    crowd = [threading.Thread(target=caller, args=(each,)) for each in range(5)]
    for place, each in enumerate(crowd, 1):
        each.start()
        while len(pool._turns) < place:
            time.sleep(0.001)
    pool.release(lent.pop())
    for each in crowd:
        each.join(120)
    assert served == [0, 1, 2, 3, 4]
    pool.release(lent.pop())


def test_a_caller_whose_turn_never_comes_gets_the_error_of_a_silent_store(
    own: Services,
) -> None:
    pool = pool_of(own.db)
    lent = [pool.lend() for _ in range(client.MOST)]
    with pytest.raises(NoAnswer):
        own.line.ask(["PING"])
    for each in lent:
        pool.release(each)
    assert own.line.ask(["PING"]) == [b"PONG"]
    assert not pool._turns


def test_a_connection_that_cannot_be_made_costs_no_place(own: Services) -> None:
    db = client.connect(own.settings.redis_url)
    pool = pool_of(db)
    kind, pool.connection_class = pool.connection_class, int  # it takes none of their options
    for _ in range(client.MOST * 3):
        with pytest.raises(TypeError):
            pool.get_connection()
    pool.connection_class = kind
    assert db.ping()
    db.close()


def test_a_connection_that_its_caller_dropped_counts_as_lent_no_more(own: Services) -> None:
    pool = pool_of(own.db)
    for _ in range(client.MOST * 3):
        pool.lend()
    assert own.db.ping()


def test_a_reply_that_nobody_read_is_no_answer_to_the_next_caller(own: Services) -> None:
    pool = pool_of(own.db)
    connection = pool.lend()
    connection.send_command("ECHO", "of another caller")
    assert connection.can_read(timeout=PATIENCE)
    pool.release(connection)
    assert own.db.echo("mine") == "mine"


def test_a_connection_is_given_back_once_however_often_it_is_released(own: Services) -> None:
    pool = pool_of(own.db)
    connection = pool.lend()
    for _ in range(3):
        pool.release(connection)
    assert pool._available_connections == [connection]


def test_greenlets_that_are_broken_off_anywhere_cost_no_connection_and_read_no_foreign_reply(
    own: Services,
) -> None:
    """gevent patches the whole process, so this crowd runs in one of its own."""
    command = [sys.executable, "-m", "tests.store.greenlet_crowd", own.settings.redis_url]
    told = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert told.stdout == "every reply was its caller's own; 0 lent\n", told.stderr


def test_a_store_that_takes_our_rights_away_counts_as_away(own: Services) -> None:
    """A caller is asked to come again, and a worker waits, until the operator has mended it."""
    own.db.acl_setuser("default", enabled=True, commands=["-get"])
    try:
        with pytest.raises(RedisError) as caught:
            own.db.get("anything")
    finally:
        own.db.acl_setuser("default", enabled=True, commands=["+get"])
    assert client.is_unable(caught.value)
