"""Two releases side by side: an upgrade under load, and the way back, lose and double nothing.

The judges are the sandbox's log and the sink's, never a record of ours.
"""

from __future__ import annotations

import itertools
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from proofs.rig.sandbox import ROOT, answers, until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import APART, World
from tests.released.service import MixedStack, archived

BEFORE = "17b551b13f4f8716c9506910178e209fba63e5cf"
"""The last commit of 0.1.0, which has no format number and an older layout."""
EXIT_SECONDS = 120.0
PAUSE_SECONDS = 0.1
PROGRESS = 8
"""Sends and deliveries that the mixed service has to make before the next restart."""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the release before; without git, as in an unpacked archive, there is none."""
    if not (ROOT / ".git").exists():
        pytest.skip("This is no git checkout, so the release before cannot be taken from it.")
    try:
        return archived(BEFORE, tmp_path_factory.mktemp("before") / "code")
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode(errors="replace")
        pytest.fail(f"{BEFORE} is not in this clone; run `git fetch --unshallow`. {told}")


class Load:
    """Sends texts and lets texts come in, until it is stopped; `sent` and `came` name them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sent: dict[str, str] = {}
        self.came: list[str] = []
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=each) for each in (self._send, self._arrive)]
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        self._stopped.set()
        for each in self._threads:
            each.join()

    def _send(self) -> None:
        for number in itertools.count():
            if self._stopped.wait(PAUSE_SECONDS):
                return
            self.sent[f"out {number}"] = self._accepted(f"out {number}")

    def _accepted(self, text: str) -> str:
        """The job's id; asked for under one key until it is accepted, as platforms do."""
        body = {"phone": "+14155550123", "message": text}

        def accepted() -> str:
            try:
                answer = self.world.call(
                    "POST", "/v1/actions/send-sms", json=body, headers={"Idempotency-Key": text}
                )
            except requests.RequestException:
                return ""
            return str(answer.json()["id"]) if answer.status_code == 202 else ""

        return str(until(accepted, f"{text} to be accepted"))

    def _arrive(self) -> None:
        for number in itertools.count():
            if self._stopped.wait(PAUSE_SECONDS):
                return
            self.world.inject(f"in {number}")
            self.came.append(f"in {number}")


@pytest.fixture
def sink() -> Iterator[Sink]:
    taking = Sink()
    yield taking
    taking.close()


def restart(stack: MixedStack, kind: str, root: Path) -> None:
    """End the processes of a kind one by one and start them from other code."""
    stack.roots[kind] = root
    for name in [each for each in stack.processes if each.partition("-")[0] == kind]:
        stack.processes[name].terminate()
        stack.processes[name].wait(EXIT_SECONDS)
        stack.start(name)
        until(lambda: answers(f"{stack.url}/healthz"), f"{name}; {stack.logs()}")


def progress(world: World, sink: Sink) -> None:
    sends, calls = len(world.sends()), len(sink.all)
    until(lambda: len(world.sends()) >= sends + PROGRESS, "sends")
    until(lambda: len(sink.all) >= calls + PROGRESS, "deliveries")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("order", [APART, APART[::-1]], ids=" ".join)
def test_an_upgrade_and_the_way_back_lose_and_double_nothing(
    before: Path, sink: Sink, tmp_path: Path, order: tuple[str, ...]
) -> None:
    stack = MixedStack(tmp_path, dict.fromkeys(APART, before))
    stack.start("worker-2")
    world = stack.workspace()
    world.control("PUT", "settings", {"rate_limit": 1_000_000})
    world.connect_pairfon()
    Hooked(world, sink)
    load = Load(world)
    try:
        for root in (ROOT, before):
            for kind in order:
                progress(world, sink)
                restart(stack, kind, root)
        progress(world, sink)
        load.stop()
        judge(world, sink, load)
        refused = [each for each in stack.logs().splitlines() if "refused a record" in each]
        assert refused == [], "An old or a new worker does not know what the other enqueued."
    finally:
        load.stop()
        stack.stop()


@pytest.mark.slow
def test_a_worker_of_the_release_before_tells_no_hook_what_it_must_not_know(
    before: Path, sink: Sink, tmp_path: Path
) -> None:
    stack = MixedStack(tmp_path, dict.fromkeys(APART, before))
    world = stack.workspace()
    try:
        restart(stack, "web", ROOT)
        world.connect_pairfon()
        scopes = ["read", "act", "hooks"]
        world.key = world.post("/v1/keys", name="Blind", scopes=scopes).json()["key"]
        hooked = Hooked(world, sink)
        world.inject("the vault opens at nine")
        until(lambda: any(each["tries"] for each in hooked.log()), "a try of the old worker")
        assert sink.all == []
        restart(stack, "worker", ROOT)
        stack.until_later(lambda: sink.all, "a try of the new worker")
        assert [each.event["message"] for each in sink.all] == [""]
    finally:
        stack.stop()


def judge(world: World, sink: Sink, load: Load) -> None:
    for job in load.sent.values():
        world.settled(job)
    assert Counter(each["text"] for each in world.sends()) == Counter(load.sent.keys())
    until(lambda: len(sink.all) >= len(load.came), "every text at the hook")
    assert Counter(call.event["message"] for call in sink.all) == Counter(load.came)
