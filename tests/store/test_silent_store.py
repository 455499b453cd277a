"""A store that does not answer: a call fails with the first one that found it out."""

from __future__ import annotations

import threading
import time

import pytest
from redis.exceptions import TimeoutError as NoAnswer

from integration.services import Services
from integration.store import client
from integration.store.pool import SILENT, Pool


def pool_of(db: client.TextStore) -> Pool:
    found = db.connection_pool
    assert isinstance(found, Pool)
    return found


def test_a_store_that_is_away_lets_nobody_wait_one_after_the_other(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Callers that wait behind a call that got no answer are refused with it."""
    monkeypatch.setattr("integration.store.pool.TURN_SECONDS", 120.0)
    monkeypatch.setattr("integration.store.pool.SILENT_SECONDS", 0.0)
    pool = pool_of(own.db)
    lent = [pool.lend() for _ in range(client.MOST)]
    refused: list[str] = []

    def caller() -> None:
        with pytest.raises(NoAnswer) as caught:
            pool.lend()
        refused.append(str(caught.value))

    crowd = [threading.Thread(target=caller) for _ in range(5)]
    for each in crowd:
        each.start()
    while len(pool._turns) < len(crowd):
        time.sleep(0.001)
    pool.release(lent.pop())
    for each in crowd:
        each.join(120)
    assert refused == [SILENT] * len(crowd)


def test_one_broken_connection_refuses_nobody(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.store.pool.SILENT_SECONDS", 0.0)
    pool = pool_of(own.db)
    lent = [pool.lend() for _ in range(client.MOST)]
    whole = lent.pop()
    whole.connect()
    got: list[object] = []
    waiting = [threading.Thread(target=lambda: got.append(pool.lend())) for _ in range(2)]
    for each in waiting:
        each.start()
    while len(pool._turns) < len(waiting):
        time.sleep(0.001)
    pool.release(whole)
    pool.release(lent.pop())
    for each in waiting:
        each.join(120)
    assert len(got) == len(waiting)
