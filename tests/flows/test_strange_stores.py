"""The whole service over a store whose user may run what docs/store.md lists, and no more."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from integration.cli.main import main
from proofs.rig.sandbox import ROOT, until
from proofs.rig.sink import Sink
from proofs.rig.stack import NEXT_YEAR, Stack, World
from tests.short_folder import short_folder
from tests.store.real_servers import FEW_RIGHTS, PASSWORD, PROGRAMS, SAFE

USERS = {"few": FEW_RIGHTS, "safe": SAFE}


class Few(Stack):
    """Every process knows the store by one user; the tests look at it by another."""

    def __init__(self, folder: Path, program: str, user: str) -> None:
        self.program, self.user = program, user
        super().__init__(folder)

    def begin(self) -> None:
        self.db.execute_command("ACL", "SETUSER", self.user, *USERS[self.user])
        _, _, path = self.server.url.partition("://")
        self.settings["REDIS_URL"] = f"unix://{self.user}:{quote(PASSWORD)}@{path}"
        super().begin()

    def command(self, name: str) -> list[str]:
        found = super().command(name)
        return [self.program, *found[1:]] if name == "redis" else found


@pytest.fixture(
    scope="module",
    params=[(program, user) for program in PROGRAMS for user in USERS],
    ids=lambda both: f"{Path(both[0]).name}-{both[1]}",
)
def few(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Few]:
    with short_folder(tmp_path_factory.mktemp("few"), "redis/redis.sock") as folder:
        running = Few(folder, *request.param)
        yield running
        running.stop()


@pytest.fixture
def few_world(few: Few) -> Iterator[World]:
    made = few.workspace()
    yield made
    made.leave()


def test_it_is_ready_and_says_what_it_cannot_know(few: Few) -> None:
    answer = few.workspace().call("GET", "/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    checks = answer.json()["checks"]
    assert "may not run INFO" in checks["store"]["detail"]
    assert checks["connections"]["used"] is None


def test_no_command_of_texts_and_hooks_is_refused(few: Few, few_world: World, sink: Sink) -> None:
    few.db.execute_command("ACL", "LOG", "RESET")
    few_world.connect_pairfon()
    few_world.connect_cloud()
    made = few_world.post("/v1/hooks", target_url=sink.url(), trigger="inbound-sms")
    goes_out(few_world)
    few_world.inject("Are you open?")
    until(sink.calls, "the hook's delivery")
    comes_in(few_world)
    hook = f"/v1/hooks/{made.json()['id']}"
    assert few_world.call("POST", f"{hook}/test").ok
    assert few_world.call("POST", f"{hook}/replay", json={}).status_code < 500
    for path in ("/v1/me", "/v1/jobs", "/v1/options/devices", "/metrics", f"{hook}/deliveries"):
        assert few_world.call("GET", path).ok, path
    assert few_world.call("DELETE", hook).ok
    assert refused(few) == set()


def goes_out(world: World) -> None:
    assert world.send(message="At once", wait=20).status_code == 200
    twice = {"idempotency_key": "k1", "phone": "+14155550123, +14155550124", "message": "Two"}
    assert [world.send(**twice).status_code for _ in range(2)] == [202, 202]
    later = world.send(message="Later", schedule_at=f"{NEXT_YEAR}T10:00:00Z").json()
    assert world.call("DELETE", f"/v1/jobs/{later['id']}").ok


def comes_in(world: World) -> None:
    for given in ({"consumer": "c", "ack": "required"}, {"cursor": ""}, {"contains": "open"}):
        until(partial(world.inbox, **given), f"the message by {given}")
    assert world.get("/v1/searches/find-message", phone="+14155550123")


def test_a_queued_text_outlives_all_that_a_volatile_policy_may_drop(
    few: Few, few_world: World
) -> None:
    few_world.connect_pairfon()
    hour = timedelta(hours=1)
    soon = (datetime.now(UTC) + hour).isoformat()
    job = few_world.send(message="Still here", schedule_at=soon).json()
    assert job["status"] == "scheduled"
    dropped = [name for name in few.db.scan_iter() if few.db.ttl(name) >= 0]
    few.db.delete(*dropped)
    assert dropped
    few.pass_time(hour.total_seconds())
    few_world.settled(job["id"])
    assert len(few_world.sends()) == 1


def test_the_command_line_needs_no_more(
    few: Few, few_world: World, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    for name, value in few.settings.items():
        monkeypatch.setenv(name, value)
    few.db.execute_command("ACL", "LOG", "RESET")
    assert main(["workspaces", "list"]) == 0
    assert few_world.name in capsys.readouterr().out
    assert main(["release"]) == 0
    capsys.readouterr()
    # What the one-click app runs after its first deploy.
    postdeploy = json.loads((ROOT / "app.json").read_text())["scripts"]["postdeploy"]
    python, *rest = shlex.split(postdeploy)
    assert (python, *rest[:2]) == ("python", "-m", "integration.cli")
    assert main(rest[2:]) == 0
    few_world.key = json.loads(capsys.readouterr().out)["key"]
    assert few_world.call("GET", "/v1/me").json()["workspace"] == "default"
    assert refused(few) == set()


def refused(few: Few) -> set[str]:
    """What the server refused: to our users, but for what they may well lack."""
    found = few.db.execute_command("ACL", "LOG", 128)
    rows = [
        each if isinstance(each, dict) else dict(zip(each[::2], each[1::2], strict=True))
        for each in found
    ]
    told = {f"{row['reason']} {row['object']}".lower() for row in rows}
    return told - {
        "command info",
        "command client",
        "command client|setinfo",
    }
