"""One worker process carries many calls that hang: others go out, and none is lost."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import pytest

from integration.accounts import connections
from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

HANGING = 200
MOST_MB = 100


@dataclass(frozen=True, kw_only=True)
class Silence:
    """Accounts that accept connections and never answer, each with one text. They are of the
    provider that may be called for longest, so that all calls hang at once on a slow machine."""

    stack: Stack
    world: World
    accounts: list[str]

    def fall(self) -> psutil.Process:
        """Returns the one process that makes all these calls, while they hang."""
        # They begin together, however long it takes to ask for them.
        self.stack.pause("worker")
        for account in self.accounts:
            said = self.world.send(connection=account)
            assert said.status_code == 202, said.text
        self.stack.resume("worker")
        found = until(self._carrier, f"{HANGING} calls at once in one process")
        assert isinstance(found, psutil.Process)
        return found

    def _carrier(self) -> psutil.Process | None:
        if self.stack.db.zcard(keys.JOBS_LEASED) < HANGING:
            return None
        found = max(self.stack.children("worker"), key=lambda each: each.num_threads())
        return found if found.num_threads() > HANGING else None


@pytest.fixture
def silence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Silence]:
    stack = Stack(tmp_path_factory.mktemp("silence"), WORKER_CONCURRENCY="1")
    with socket.create_server(("127.0.0.1", 0), backlog=2 * HANGING) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        world = stack.workspace()
        accounts = [_account(stack, world.name, f"key-{number}", url) for number in range(HANGING)]
        yield Silence(stack=stack, world=world, accounts=accounts)
    stack.stop()


def _account(stack: Stack, workspace: str, key: str, url: str) -> str:
    made = connections.make(
        workspace=workspace,
        provider="cloud_messaging",
        label="Silent",
        settings={"api_key": key, "base_url": url, "sender_id": "MyCompany"},
    )
    connections.save(stack.services, made)
    return made.id


def test_two_hundred_silent_accounts_hold_up_nobody(silence: Silence) -> None:
    other = silence.stack.workspace()
    other.connect_pairfon()
    other.settled(other.send().json()["id"])
    carrier = silence.fall()
    job = other.settled(other.send().json()["id"])
    assert job["status"] in ("sent", "delivered")
    assert len(other.sends()) == 2
    assert carrier.memory_info().rss < MOST_MB * 1_000_000
    assert silence.stack.is_ready()
    _ends_in_order(silence)


def _ends_in_order(silence: Silence) -> None:
    """Asked to end, it waits only for so long; what is on the wire then keeps its lease."""
    stack, worker = silence.stack, silence.stack.processes["worker"]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(120) == 0
    del stack.processes["worker"]
    states = {job["status"] for job in silence.world.get("/v1/jobs", limit=100)["data"]}
    assert states == {"sending"}, "no answer is no outcome"
    assert stack.db.zcard(keys.JOBS_LEASED) == HANGING
