"""The whole service as real processes: data server, sandbox, gunicorn, workers, scheduler."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import redis
import requests

from integration import services
from integration.accounts import api_keys
from integration.services import Services
from integration.settings import Settings
from integration.store import keys
from integration.store.client import TextStore
from launch import embedded
from proofs.rig.patience import waited, well
from proofs.rig.ports import free_port
from proofs.rig.processes import Processes
from proofs.rig.sandbox import ROOT, Sandbox, answers, until
from proofs.rig.setup import COMMANDS, is_ready, own_environment, own_settings

NEXT_YEAR = f"{datetime.now(UTC).year + 1}-01-31"
"""A day for what is to be sent later: `schedule_at` lies within two years."""
LEAP_SECONDS = 20.0
"""Less than a provider is given to write its history: no leap can pass over that time."""
LEAP_PAUSE = 2.5
LEAPS = 20
APART = ("web", "worker", "scheduler")
"""Each on its own, so that each can be killed on its own; `background` is the last two in one."""


class Stack(Processes):
    """Every process of the service on ports of its own; any of them can be killed and started."""

    def __init__(self, folder: Path, root: Path = ROOT, /, **settings: str) -> None:
        super().__init__(folder, root)
        self.sandbox = self.open_sandbox()
        self.port = int(settings.get("PORT", 0)) or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = own_settings(self.port, self.open_store())
        self.settings = {**own, "SYNC_INTERVAL": "1", "RATE_LIMIT": "100000", **settings}
        self.start("redis")
        self.begin()

    def open_sandbox(self) -> Sandbox:
        return Sandbox(self.folder, self.folder / "sandbox")

    def open_store(self) -> str:
        """The store's address; `db` is our own client of it."""
        self.server = embedded.prepare(self.folder / "redis", dict(os.environ))
        self.db: TextStore = redis.Redis.from_url(self.server.url, decode_responses=True)
        return self.server.url

    def begin(self) -> None:
        """Start every process of the service and wait until it is ready."""
        for name in APART:
            self.start(name)
        until(self.is_ready, f"the service ready; {self.logs()}")

    def start(self, name: str) -> None:
        super().start(name)
        if name == "redis":
            until(self._redis_answers, "the data server's answer")

    def command(self, name: str) -> list[str]:
        if name == "redis":
            return list(self.server.service.command)
        return [sys.executable, "-m", *COMMANDS[name.partition("-")[0]]]

    @cached_property
    def services(self) -> Services:
        """The engine's own parts over the same store, in this process."""
        return services.build(Settings.from_env(self.settings))

    def pass_time(self, seconds: float) -> None:
        """Move the agreed time on; each process follows within a second, and what waits is due.

        A lease in flight may end by it, as if its holder had stood still so long.
        """
        self.db.hincrby(keys.CLOCK, "steady", int(seconds * 1000))

    def until_later(self, condition: Callable[[], Any], what: str) -> Any:
        """As `until`, while the agreed time moves on; not while the providers stand still."""
        for _ in range(LEAPS):
            try:
                return until(condition, what, LEAP_PAUSE)
            except AssertionError:
                until(lambda: answers(f"{self.sandbox.url}/healthz"), "the providers")
                self.pass_time(LEAP_SECONDS)
        return until(condition, what)

    def stop(self) -> None:
        """End everything at once; an orderly end is shown by tests of its own."""
        self.db.close()
        if "services" in vars(self):
            self.services.db.close()
        for each in self.processes.values():
            if each.poll() is None:
                os.killpg(each.pid, signal.SIGKILL)
        self.sandbox.web.close()
        self.sandbox.kill()
        for each in self.processes.values():
            each.wait(60)

    def workspace(self) -> World:
        """A workspace of its own, with a Pairfon and a Cloud Messaging account in the sandbox."""
        return World(self)

    def raw(self) -> redis.Redis:
        """A client that gives the bytes as they are; to be closed."""
        return redis.Redis.from_url(self.server.url)

    def forgive(self) -> None:
        """Forget failed authentications: all tests call from one address."""
        self.db.delete("hl:quota:failures:", *self.db.scan_iter("hl:quota:failures:*"))
        self.sandbox.forgive()

    def is_ready(self) -> bool:
        return is_ready(self.url)

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def _redis_answers(self) -> bool:
        try:
            return bool(self.db.ping())
        except redis.exceptions.RedisError:
            return False

    def environment(self) -> dict[str, str]:
        return own_environment() | self.settings


class World:
    """One workspace and how it is used over HTTP."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.name = f"w{secrets.token_hex(6)}"
        _, self.key = api_keys.create(stack.db, self.name, "tests")
        self.account_key = self.pairfon_key = f"pf_{self.name}"
        self.cloud_key = f"cm_{self.name}"
        self.ultimate_key = f"us_{self.name}"
        self._faulty: set[str] = set()

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        with requests.Session() as web:
            web.trust_env = False
            return web.request(method, self.stack.url + path, headers=headers, timeout=90, **more)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, params=params)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> requests.Response:
        return waited(path, body, lambda more: self.call("POST", path, json=body, headers=more))

    def connect_pairfon(self, **more: str) -> str:
        return self.connect("pairfon", self.pairfon_key, "/pairfon", **more)

    def connect_cloud(self, **more: str) -> str:
        more = {"sender_id": "MyCompany", **more}
        return self.connect("cloud-messaging", self.cloud_key, "/cloud-messaging/api", **more)

    def connect_ultimate(self, **more: str) -> str:
        more = {"preset": "ultimate_sms", "sender_id": "MyCompany", **more}
        return self.connect("cloud-messaging", self.ultimate_key, "/ultimate-sms", **more)

    def leave(self) -> None:
        """Disconnect everything, so that a finished test costs the later ones no upstream polls.

        The disconnecting waits for no account that a test left hanging.
        """
        for key in self._faulty:
            self.control("DELETE", "faults", key=key)
        for each in self.stack.db.zrange(keys.workspace_connections(self.name), 0, -1):
            self.call("DELETE", f"/v1/connections/{each}")

    def connect(self, provider: str, key: str, path: str, **more: str) -> str:
        base_url = self.stack.sandbox.url + path
        answer = self.post(
            "/v1/connections", provider=provider, api_key=key, base_url=base_url, **more
        )
        assert answer.status_code in (200, 201), answer.text
        made = str(answer.json()["id"])
        well(answer, lambda: self.post(f"/v1/connections/{made}/test"))
        return made

    def inject(self, message: str, phone: str = "+14155550123", **more: Any) -> dict[str, Any]:
        """A person texts the sandbox's phone; `webhook=False` or `list=False` omit a channel."""
        given = {"phone": phone, "message": message, **more}
        found: dict[str, Any] = self.stack.sandbox.control(
            "POST", self.pairfon_key, "inbound", given
        )
        return found

    def inbox(self, **params: Any) -> list[dict[str, Any]]:
        return list(self.get("/v1/triggers/inbound-sms", **params))

    def send(self, **body: Any) -> requests.Response:
        given = {"phone": "+14155550123", "message": "Your table is ready", **body}
        return self.post("/v1/actions/send-sms", **given)

    def job(self, job_id: str) -> dict[str, Any]:
        return dict(self.get(f"/v1/jobs/{job_id}"))

    def settled(self, job_id: str, *statuses: str) -> dict[str, Any]:
        """The job once it has one of the statuses ("sent" and "delivered" by default)."""
        return dict(until(*self._settling(job_id, statuses)))

    def proved(self, job_id: str, *statuses: str) -> dict[str, Any]:
        """As `settled`, while the time passes in which a call without an answer may take effect.

        Only for calls that have ended at the provider.
        """
        return dict(self.stack.until_later(*self._settling(job_id, statuses)))

    def _settling(
        self, job_id: str, statuses: Sequence[str]
    ) -> tuple[Callable[[], dict[str, Any] | None], str]:
        wanted = statuses or ("sent", "delivered")

        def done() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["status"] in wanted else None

        return done, f"{job_id} to become {' or '.join(wanted)}"

    def sends(self, key: str | None = None) -> list[dict[str, Any]]:
        """What the provider really accepted, from its own log."""
        return self.stack.sandbox.received(key or self.account_key, "send")

    def fault(self, kind: str, match: str, key: str | None = None, **more: Any) -> None:
        """The next call that matches meets this fault; `times=0` stands for all of them."""
        self._faulty.add(key or self.account_key)
        self.control("POST", "faults", {"kind": kind, "match": match, **more}, key)

    def control(self, method: str, what: str, given: Any = None, key: str | None = None) -> Any:
        return self.stack.sandbox.control(method, key or self.account_key, what, given)
