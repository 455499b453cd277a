"""A workspace with a long past: jobs that are over, written into the store as they lie there."""

from __future__ import annotations

import secrets

from integration.jobs.record import STATUSES, packed
from integration.jobs.statuses import SPAN
from integration.store import keys
from integration.store.client import TextStore
from integration.store.clock import wall_ms


def sent_jobs(db: TextStore, workspace: str, connection: str, count: int) -> None:
    """So many sent texts, all newer than what is there; each expires within the hour."""
    facts = [workspace, "send_sms", connection, "pairfon", 0, None, 1, ""]
    text = {"phone": "+14155550123", "message": "Your table is ready"}
    for first in range(0, count, 1000):
        with db.pipeline(transaction=False) as pipe:
            for _ in range(min(1000, count - first)):
                job, now = f"job_{secrets.token_hex(10)}", wall_ms()
                facts[4] = now
                record = {"facts": packed([*facts, text]), "status": "sent", "updated_ms": now}
                pipe.hset(keys.job(job), mapping=record)
                pipe.expire(keys.job(job), 3600)
                pipe.lpush(keys.jobs(workspace), job)
                score = STATUSES.index("sent") * SPAN + now
                pipe.zadd(keys.job_statuses(workspace), {job: score})
            pipe.execute()
