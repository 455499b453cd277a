"""The Procfile's processes under load, over a store that takes no more than 18 connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import Stack, World

ALLOWED = 18
WAITING = 30


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("small")
    running = Stack(folder)
    # One more is the test's own.
    running.db.config_set("maxclients", ALLOWED + 1)
    running.db.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    until(running.is_ready, "the service ready over few connections")
    yield running
    running.stop()


def waits(world: World, number: int) -> int:
    """The status that a caller gets who waits for a text to an account that hangs."""
    return world.send(message=f"Table {number}", wait=6).status_code


def test_the_formation_with_thirty_waiting_callers_fits_into_eighteen_connections(
    small: Stack, sink: Sink
) -> None:
    silent, busy = small.workspace(), small.workspace()
    silent.connect_pairfon()
    busy.connect_pairfon()
    made = busy.post("/v1/hooks", target_url=sink.url(), trigger="inbound-sms")
    assert made.status_code == 201
    silent.fault("hang", "POST /zapier/send-sms", times=0)
    with counted(small) as counts, ThreadPoolExecutor(WAITING) as crowd:
        waiting = [crowd.submit(waits, silent, each) for each in range(WAITING)]
        while not all(each.done() for each in waiting):
            assert busy.call("GET", "/v1/triggers/inbound-sms").status_code == 200
            busy.inject(f"No {len(counts)}")
            assert busy.send(message=f"No {len(counts)}").status_code == 202
    assert {each.result() for each in waiting} == {202}
    assert sink.calls()
    assert ALLOWED // 2 < max(counts) <= ALLOWED


@contextmanager
def counted(small: Stack) -> Iterator[list[int]]:
    """How many connections the service has, again and again."""
    counts, over = [0], threading.Event()

    def count() -> None:
        mine = small.db.client_id()
        while not over.wait(0.02):
            counts.append(len([each for each in small.db.client_list() if each["id"] != str(mine)]))

    counting = threading.Thread(target=count)
    counting.start()
    try:
        yield counts
    finally:
        over.set()
        counting.join()
