"""RQ's side: a wake-up for each job, under the job's own id; the ledger is the truth.

Our scripts write RQ's records themselves, so that a job and its wake-up are one step and one
round trip. They write what rq 3.0.0 writes, which is pinned; a test reads it back through RQ.
"""

from __future__ import annotations

from datetime import UTC, datetime

from integration.store import keys
from integration.store.client import Script, TextStore

RECORDS = "rq:job:"
"""How the names of RQ's records begin."""
PERFORM = "integration.jobs.perform.perform"
DRAIN = "integration.delivery.drain.drain"
OLD_DRAIN = "integration.events.deliver.drain"
"""Stored by the release before 1.0; a worker runs it like DRAIN until the release after it."""
CALL = '["%s", null, [], {}]'
"""How RQ's JSONSerializer writes a function, the object it is a method of, and its arguments.
There are none: a job is known by its id, which is RQ's as well. So all wake-ups hold one and the
same text, with no number and no message in it; and it is short enough for the server to keep the
record in one piece, at a quarter of the bytes."""
KEPT_SECONDS = 5
"""How long RQ keeps a finished job; the ledger keeps the history."""
FAILED_SECONDS = 3600
TIMEOUT = 120
"""Seconds after which RQ thinks a job dead; every outbound call ends long before."""
WAKE = Script(__file__, "rq_enqueue", "rq_enqueue_one")


def record(job_id: str) -> str:
    """RQ's own record of a job."""
    return f"{RECORDS}{job_id}"


def waiting(name: str) -> str:
    """The list of the ids that wait in a queue."""
    return f"rq:queue:{name}"


def taken(name: str) -> str:
    """The list of the ids that a worker of this queue took and has not begun with."""
    return f"{waiting(name)}:intermediate"


def moment() -> str:
    """Now, as RQ writes times."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def how(queue: str, entry: str) -> list[str | int]:
    """What rq_enqueue.lua takes after the queue's key."""
    call = CALL % entry
    return [RECORDS, call, queue, moment(), TIMEOUT, KEPT_SECONDS, FAILED_SECONDS]


def add_drain(db: TextStore) -> None:
    """Enqueue one drain of deliveries; it is always the same job."""
    queue = keys.RQ_DELIVERIES
    WAKE.run(db, [waiting(queue)], [*how(queue, DRAIN), "drain"])
