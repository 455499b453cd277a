"""A workspace that uses the whole service, so that the store holds a record of every kind.

It goes through HTTP alone, so that any release can run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from integration.delivery.retry_schedule import DELAYS
from proofs.rig.receiver import Reply
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import Stack, World

FAR = (datetime.now(UTC) + timedelta(days=300)).strftime("%Y-%m-%dT00:00:00Z")
SEND, CLOUD_SEND = "POST /zapier/send-sms", "POST /http/sms/send"
REFUSED: dict[str, Any] = {"code": 400, "body": {"error": "No credit left"}}
BUSY: dict[str, Any] = {"code": 429, "headers": {"Retry-After": "3000"}}
MANY = [Reply(status=500)] * 50


class Story:
    """`jobs`, `hooks` and `deliveries` name what was made by the status that it has at the end."""

    def __init__(self, world: World, sink: Sink) -> None:
        self.world, self.sink = world, sink
        self.jobs: dict[str, str] = {}
        self.hooks: dict[str, Hooked] = {}
        self.batch = ""

    def accounts(self) -> None:
        self.world.connect_pairfon()
        self.cloud = self.world.connect_cloud()
        self.ultimate = self.world.connect_ultimate()
        for name, scopes in (("reader", ["read"]), ("revoked", ["read", "write"])):
            made = self.world.post("/v1/keys", name=name, scopes=scopes).json()
        assert self.world.call("DELETE", f"/v1/keys/{made['id']}").ok

    def dead(self) -> None:
        """One delivery uses up its attempts, while the agreed time passes; before other hooks."""
        hook = Hooked(self.world, self.sink, f"/{self.world.name}/dead")
        self.hooks["dead"] = hook
        self.sink.plan(hook.path, *MANY)
        self.world.inject("a text that is never delivered")
        for attempts in range(1, len(DELAYS) + 1):
            hook.delivery("queued", attempts=attempts)
            self.world.stack.pass_time(1.2 * DELAYS[attempts - 1])
        hook.delivery("dead", attempts=len(DELAYS) + 1)
        hook.patch(status="paused")

    def subscribe(self) -> None:
        wanted: dict[str, dict[str, Any]] = {
            "delivered": {"description": "Front desk", "platform": "zapier"},
            "rotated": {"filters": {"phone": "+14155550123"}},
            "queued": {},
            "missing": {},
            "paused": {},
        }
        for path, more in wanted.items():
            self.hooks[path] = Hooked(self.world, self.sink, f"/{self.world.name}/{path}", **more)
        Hooked(self.world, self.sink, f"/{self.world.name}/status", trigger="message-status")
        nobody = {"target_url": "http://127.0.0.1:9/nobody", "trigger": "inbound-sms"}
        assert self.world.post("/v1/hooks", **nobody).status_code == 201
        self.hooks["rotated"].post("rotate-secret", overlap_hours=48)
        self.hooks["paused"].patch(status="paused")
        self.sink.plan(self.hooks["queued"].path, *MANY)
        self.sink.plan(self.hooks["missing"].path, *([Reply(status=404)] * 50))

    def arrive(self, count: int = 3) -> None:
        """Texts come in: by webhook, by the list, and one body that is no text."""
        for number in range(count):
            self.world.inject(f"text {number}", webhook=number % 2 == 0)
        until(lambda: len(self.world.inbox()) >= count, "the texts in the inbox")
        self.hooks["delivered"].delivery("delivered")
        self.hooks["queued"].delivery("queued")
        self.hooks["missing"].delivery("queued")
        self.hooks["delivered"].post("test")
        for each in self.world.get("/v1/connections")["data"]:
            requests.post(each["ingress_url"], data=b"{", timeout=30)

    def poll(self) -> None:
        """Cursors of two consumers, one of which owes an acknowledgement."""
        path = "/v1/triggers/inbound-sms"
        for name, more in {"plain": {}, "waiting": {"ack": "required"}}.items():
            answer = self.world.call("GET", path, params={"consumer": name, "limit": 2, **more})
            assert answer.ok, answer.text
        self.batch = answer.headers["X-Batch-Id"]
        for trigger in ("new-conversation", "device-status", "low-balance", "message-status"):
            assert self.world.call("GET", f"/v1/triggers/{trigger}").ok

    def send(self) -> None:
        """Jobs that reach their status while the worker runs."""
        world = self.world
        first = {"Idempotency-Key": "story"}
        body = {"phone": "+14155550123", "message": "Delivered"}
        answer = world.call("POST", "/v1/actions/send-sms?wait=20", json=body, headers=first)
        self.jobs["delivered"] = answer.json()["id"]
        world.settled(self.jobs["delivered"], "delivered")
        batch = world.send(message="Batch", phone=["+14155550124", "+14155550125"]).json()
        for number, each in enumerate(batch["jobs"], 1):
            self.jobs[f"batch {number}"] = each["id"]
            world.settled(each["id"], "delivered")
        cloud = {"connection": self.cloud, "sender_id": "MyCompany"}
        self.jobs["sent"] = world.send(message="Sent", wait=20, **cloud).json()["id"]
        world.fault("cut_before", CLOUD_SEND, world.cloud_key)
        self.jobs["unknown"] = world.send(message="Unknown", wait=20, **cloud).json()["id"]
        world.fault("status", SEND, **REFUSED)
        self.jobs["failed"] = world.send(message="Failed").json()["id"]
        world.settled(self.jobs["failed"], "failed")
        self.jobs["scheduled"] = world.send(message="Scheduled", schedule_at=FAR).json()["id"]
        self.jobs["cancelled"] = world.send(message="Cancelled", schedule_at=FAR).json()["id"]
        assert world.call("DELETE", f"/v1/jobs/{self.jobs['cancelled']}").ok
        world.fault("status", "/sms/send", world.ultimate_key, **BUSY)
        waiting = world.send(message="Retried", connection=self.ultimate).json()["id"]
        self.jobs["retried"] = waiting
        until(lambda: world.job(waiting)["attempts"], "the first attempt")

    def receipts(self) -> None:
        """A receipt for a message that nobody sent."""
        [cloud] = [
            each for each in self.world.get("/v1/connections")["data"] if each["id"] == self.cloud
        ]
        settings = {"callback_url": cloud["ingress_url"]}
        self.world.control("PUT", "settings", settings, self.world.cloud_key)
        early: Sequence[dict[str, Any]] = [{"message_id": "msg_early", "status": "success"}]
        self.world.control("POST", "receipts", early, self.world.cloud_key)

    def die(self, stack: Stack) -> None:
        """The worker dies within a send and a delivery; another send is accepted after that."""
        held = self.hooks["delivered"]
        self.sink.plan(held.path, Reply(hang=True))
        before = len(held.calls())
        self.world.inject("a text in flight")
        until(lambda: len(held.calls()) > before, "a delivery in flight")
        self.world.fault("delay", SEND, seconds=20)
        self.jobs["sending"] = self.world.send(message="Sending").json()["id"]
        self.world.settled(self.jobs["sending"], "sending")
        stack.kill("worker")
        self.jobs["queued"] = self.world.send(message="Queued").json()["id"]
