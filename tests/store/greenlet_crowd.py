"""A crowd of greenlets that share a pool and are broken off at any step; run by test_pool.py."""

from __future__ import annotations

from gevent import monkey  # type: ignore[import-untyped]  # no types in it, as elsewhere

monkey.patch_all()

import random  # noqa: E402  # gevent patches first
import sys  # noqa: E402

import gevent  # noqa: E402
from redis.exceptions import RedisError  # noqa: E402

from integration.store import client  # noqa: E402
from integration.store.pipeline import Line  # noqa: E402

CROWD, CALLS = 40, 40


def main(url: str) -> None:
    # Patient, for the last PING at its end: a busy machine may stand still for some seconds.
    db, chance = client.connect(f"{url}?socket_timeout=60"), random.Random(7)
    line = Line(db.connection_pool)
    crowd = [gevent.spawn(caller, db, line, chance, each) for each in range(CROWD)]
    for each in crowd[::3]:
        gevent.spawn_later(chance.random(), each.kill)
    gevent.joinall(crowd)
    failed = [each.exception for each in crowd if each.exception]
    assert not failed, failed
    assert db.ping()
    lent = len(db.connection_pool._in_use_connections)
    sys.stdout.write(f"every reply was its caller's own; {lent} lent\n")


def caller(db: client.TextStore, line: Line, chance: random.Random, number: int) -> None:
    for _ in range(CALLS):
        # Some breaks fall on a connect, some on the wait for a turn, some on a reply.
        patience = chance.choice((0.0, 0.001, 0.005, 0.02, 5.0))
        try:
            with gevent.Timeout(patience):
                if chance.random() < 0.2:
                    db.connection_pool.disconnect(inuse_connections=False)
                call(db, line, f"{number}-{chance.random()}")
        except (gevent.Timeout, RedisError):
            continue


def call(db: client.TextStore, line: Line, own: str) -> None:
    assert line.ask(["ECHO", own], ["PING"])[0] == own.encode()
    assert db.echo(own) == own
    db.blpop([own], 0.01)


if __name__ == "__main__":
    main(sys.argv[1])
