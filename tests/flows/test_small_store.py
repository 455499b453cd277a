"""The Procfile's processes under load, over a store that takes few connections.

They fit into 18, and those of a deploy beside the old ones into the plan of `app.json`.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from proofs.rig.ports import free_port
from proofs.rig.sandbox import ROOT, until
from proofs.rig.setup import is_ready
from proofs.rig.sink import Sink
from proofs.rig.stack import APART, Stack, World

ALLOWED = 18
PLANS = {"heroku-redis:mini": 20, "heroku-redis:premium-0": 40, "heroku-redis:premium-1": 80}
"""Connections that Heroku allows, as its Dev Center says ("Technical Characterization")."""
RELEASE = 2
"""Connections of the release step, which runs before the new processes start."""
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


def waits(world: World, number: int, url: str) -> int:
    """The status that a caller gets who waits for a text to an account that hangs."""
    body = {"phone": "+14155550123", "message": f"Table {number}", "wait": 6}
    headers = {"Authorization": f"Bearer {world.key}"}
    path = "/v1/actions/send-sms"
    return requests.post(url + path, json=body, headers=headers, timeout=90).status_code


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
        waiting = [crowd.submit(waits, silent, each, small.url) for each in range(WAITING)]
        while not all(each.done() for each in waiting):
            assert busy.call("GET", "/v1/triggers/inbound-sms").status_code == 200
            busy.inject(f"No {len(counts)}")
            assert busy.send(message=f"No {len(counts)}").status_code == 202
    assert {each.result() for each in waiting} == {202}
    sink.wait_for(1)
    assert ALLOWED // 2 < max(counts) <= ALLOWED


def test_a_deploy_of_new_beside_old_fits_into_the_plan_of_the_one_click_app(small: Stack) -> None:
    [addon] = json.loads((ROOT / "app.json").read_text())["addons"]
    # One more is the test's own.
    small.db.config_set("maxclients", PLANS[addon] - RELEASE + 1)
    silent = small.workspace()
    silent.connect_pairfon()
    silent.fault("hang", "POST /zapier/send-sms", times=0)
    port = free_port()
    urls = (small.url, f"http://127.0.0.1:{port}")
    with counted(small) as counts, deployed(small, port), ThreadPoolExecutor(WAITING) as crowd:
        until(lambda: is_ready(urls[1]), "the new processes")
        waiting = [crowd.submit(waits, silent, each, urls[each % 2]) for each in range(WAITING)]
        statuses = {each.result() for each in waiting}
    assert statuses == {202}
    assert ALLOWED < max(counts) <= PLANS[addon] - RELEASE


@contextmanager
def deployed(small: Stack, port: int) -> Iterator[None]:
    """The processes of a new release beside those of the old one."""
    before = small.settings["PORT"]
    small.settings["PORT"] = str(port)
    names = [f"{name}-2" for name in APART]
    for name in names:
        small.start(name)
    small.settings["PORT"] = before
    try:
        yield
    finally:
        for name in names:
            os.killpg(small.processes[name].pid, signal.SIGKILL)


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
