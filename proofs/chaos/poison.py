"""The rogue writer: records that no version of ours would write, put straight into the store.

What writes one gives back a `Poison`, which can tell later whether it has come to its end. The
texts of poison begin with no campaign's label, so no judge looks for them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from integration.jobs.facts import FACTS
from integration.store import keys
from proofs.rig.stack import NEXT_YEAR, Stack, World

FAR = f"{NEXT_YEAR}T00:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Poison:
    """`ended` says "" once nothing will touch it again and somebody can see what became of it."""

    kind: str
    ended: Callable[[], str]
    tries: Callable[[], int] = lambda: 0


class Rogue:
    """Writes poison beside the records of a world; the kinds are in poison_kinds."""

    def __init__(self, stack: Stack) -> None:
        self.db = stack.db

    def noted(self, name: str) -> bool:
        """Whether the service counts this key among the broken records."""
        return self.db.zscore(keys.BROKEN, name) is not None

    def job(
        self,
        world: World,
        kind: str,
        facts: Mapping[str, Any] | None = None,
        **changes: str | bytes,
    ) -> Poison:
        """A spoilt job that is due."""
        return self.due(world, kind, self.spoilt_job(world, facts, **changes))

    def spoilt_job(
        self, world: World, facts: Mapping[str, Any] | None = None, **changes: str | bytes
    ) -> str:
        """A job as the service itself makes it, then spoilt; `facts` are some of those that it was
        accepted with."""
        made = world.send(message=f"poison {secrets.token_hex(6)}", schedule_at=FAR)
        assert made.status_code == 202, made.text
        record = self.db.hgetall(keys.job(made.json()["id"]))
        assert world.call("DELETE", f"/v1/jobs/{made.json()['id']}").ok
        job_id = f"job_{secrets.token_hex(10)}"
        sound = dict(zip(FACTS, json.loads(record["facts"]), strict=True))
        spoilt = json.dumps([*(sound | dict(facts or {})).values()])
        kept = record | {"facts": spoilt, "status": "queued", "due_ms": "0"} | changes
        self.db.hset(keys.job(job_id), mapping=kept)
        return job_id

    def due(self, world: World, kind: str, job_id: str) -> Poison:
        self.db.lpush(keys.jobs(world.name), job_id)
        self.db.zadd(keys.JOBS_DUE, {job_id: 0})
        return Poison(
            kind=kind,
            ended=lambda: self.job_left(world, job_id),
            tries=lambda: self.claims(job_id),
        )

    def claims(self, job_id: str) -> int:
        if self.db.type(keys.job(job_id)) != "hash":
            return 0
        stored = self.db.hget(keys.job(job_id), "claims") or "0"
        return int(stored) if stored.isdecimal() else 0

    def job_left(self, world: World, job_id: str) -> str:
        if self.db.zscore(keys.JOBS_DUE, job_id) or self.db.zscore(keys.JOBS_LEASED, job_id):
            return "it is still taken up"
        answer = world.call("GET", f"/v1/jobs/{job_id}")
        seen = answer.ok and answer.json()["status"] in ("failed", "unknown", "sent", "delivered")
        known = self.noted(keys.job(job_id)) or self.noted(f"{keys.JOBS_DUE} {job_id}")
        # Of another workspace than any: nobody there can ask, but the ledger says how it ended.
        name = keys.job(job_id)
        stored = self.db.type(name) == "hash" and self.db.hget(name, "status")
        if seen or known or (answer.status_code == 404 and stored == "failed"):
            return ""
        return f"it is not reported ({answer.status_code} {stored})"

    def hook(self, world: World) -> str:
        """A hook whose target nobody hears at."""
        url = f"http://127.0.0.1:9/{secrets.token_hex(6)}"
        made = world.post("/v1/hooks", target_url=url, trigger="inbound-sms")
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def spoilt_hook(self, world: World, kind: str, **changes: str | bytes) -> Poison:
        hook_id = self.hook(world)
        # With a revision of its own, as every change has: drains keep what they read of a hook.
        changes["revision"] = secrets.token_hex(4)
        self.db.hset(keys.hook(hook_id), mapping=changes)
        return self.broken_hook(world, kind, hook_id)

    def broken_hook(self, world: World, kind: str, hook_id: str) -> Poison:
        world.inject(f"poison for {hook_id}")

        def ended() -> str:
            if self.db.zcard(keys.hook_due(hook_id)) or self.db.zscore(keys.HOOKS_DUE, hook_id):
                return "it is still owed something"
            return "" if self.noted(keys.hook(hook_id)) else "it is not reported"

        return Poison(kind=kind, ended=ended)

    def delivery(self, world: World, kind: str, **changes: str | bytes) -> Poison:
        """A delivery owed to a live hook of this world, spoilt."""
        hook_id = next(iter(self.live(world)))
        delivery_id = f"dlv_{secrets.token_hex(13)}"
        self.db.hset(keys.delivery(delivery_id), mapping=self.sound(world, hook_id) | changes)
        return self.owed(kind, hook_id, delivery_id)

    def live(self, world: World) -> list[str]:
        found = world.get("/v1/hooks")["data"]
        return [each["id"] for each in found if each["target_url"].endswith("/hook")]

    def sound(self, world: World, hook_id: str) -> dict[str, str]:
        return {
            "hook": hook_id,
            "workspace": world.name,
            "inbox": keys.inbox(world.name, "message"),
            "position": "1-1",
            "event": "sms_poison",
            "status": "queued",
            "tries": "0",
            "created_ms": "1",
        }

    def owed(self, kind: str, hook_id: str, delivery_id: str) -> Poison:
        name = keys.delivery(delivery_id)
        self.db.zadd(keys.hook_due(hook_id), {delivery_id: 0})
        self.db.zadd(keys.HOOKS_DUE, {hook_id: 0})
        self.db.rpush(keys.WAKE, "1")

        def ended() -> str:
            due = self.db.zscore(keys.hook_due(hook_id), delivery_id)
            if due is not None or self.db.hexists(keys.LEASED, delivery_id):
                return "it is still owed"
            hashed = self.db.type(name) == "hash"
            stored = self.db.hget(name, "status") if hashed else "gone"
            seen = self.noted(name) or stored in ("dead", "delivered")
            return "" if seen else f"it is not reported ({stored})"

        def tries() -> int:
            stored = self.db.hget(name, "tries") if self.db.type(name) == "hash" else "0"
            return int(stored) if (stored or "").isdecimal() else 0

        return Poison(kind=kind, ended=ended, tries=tries)

    def event(self, world: World, kind: str, fields: dict[str, str]) -> Poison:
        log = keys.inbox(world.name, "message")
        position = self.db.xadd(log, fields)
        self.db.sadd(keys.FANOUT_OWED, f"{world.name} message")
        self.db.rpush(keys.WAKE, "1")

        def ended() -> str:
            if self.db.xrange(log, position, position):
                return "it is still in the inbox"
            return "" if self.noted(f"{log} {position}") else "it is not reported"

        return Poison(kind=kind, ended=ended)

    def wake_up(self, kind: str, record: Any) -> Poison:
        """A job in RQ's own queue, with `record` as RQ's record of it: a hash, a text or None."""
        job_id, queue = f"job_{secrets.token_hex(10)}", f"rq:queue:{keys.RQ_ACTIONS}"
        if isinstance(record, dict):
            self.db.hset(f"rq:job:{job_id}", mapping=record)
        elif record is not None:
            self.db.set(f"rq:job:{job_id}", record)
        self.db.lpush(queue, job_id)

        def ended() -> str:
            return "it still waits" if self.db.lpos(queue, job_id) is not None else ""

        return Poison(kind=kind, ended=ended)

    def ingress(self, world: World, kind: str, body: bytes) -> Poison:
        address = world.get("/v1/connections")["data"][0]["ingress_url"]
        headers = {"Content-Type": "application/json"}
        answer = requests.post(address, data=body, headers=headers, timeout=10)
        taken = answer.status_code in (200, 202, 400, 413, 503)
        return Poison(kind=kind, ended=lambda: "" if taken else f"answered {answer.status_code}")
