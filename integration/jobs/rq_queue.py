"""RQ's side: a wake-up for each job, under the job's own id; the ledger is the truth.

Our scripts write RQ's records themselves, so that a job and its wake-up are one step and one
round trip. They write what rq 3.0.0 writes, which is pinned; a test reads it back through RQ.
"""

from datetime import UTC, datetime
from typing import TypedDict, Unpack

from integration.store import keys
from integration.store.client import TextStore
from integration.store.clock import now_ms
from integration.store.script import script

PERFORM = "integration.jobs.perform.perform"
"""A name that only our worker knows, which runs `perform.run` for it. It stands in stored records,
so it stays whatever our modules are called."""
DRAIN = "integration.events.deliver.drain"
"""The same for `drain.drain`, under the name that 0.1.0 knows: a worker of that release refuses any
other, and runs beside ours during an upgrade."""
FETCH = "integration.media.turns.run"
"""The same for `turns.run`."""
DRAIN_ID = "drain"
"""Of RQ's job, which is always the same one."""
CALL = '["%s", null, [], {}]'
"""How RQ's JSONSerializer writes a function, the object it is a method of, and its arguments.

A wake-up has no arguments: a job is known by its id, which is RQ's as well. So all wake-ups hold
the same text, with no number and no message in it. It is short enough for the server to keep the
record in one piece, at a quarter of the bytes."""


ADMIT = (
    *("decode_facts", "rq_enqueue", "lane", "lane_wake"),
    *("pace", "full", "unqueue", "pace_lane", "lane_admit"),
)
"""The parts of each script that admits jobs of a lane; they read `Admitting`."""


class Enqueueing(TypedDict):
    """What rq_enqueue.lua reads."""

    rq_call: str
    rq_origin: str
    rq_now: str


class Admitting(Enqueueing):
    """What lane.lua, lane_admit.lua and pace.lua read; `now` is of `now_ms`, `pepper` what
    recipients are hashed with (pacing.py)."""

    now: int
    pepper: str


@script("rq_enqueue", "rq_enqueue_one")
def ENQUEUE(*, id: str, **rq: Unpack[Enqueueing]) -> None:
    """Enqueue one RQ job."""


def moment() -> str:
    """Now, as RQ writes times."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _names(queue: str, entry: str) -> Enqueueing:
    """`entry` is the function that RQ's job names."""
    return Enqueueing(rq_call=CALL % entry, rq_origin=queue, rq_now=moment())


def admitting(pepper: str) -> Admitting:
    return Admitting(now=now_ms(), pepper=pepper, **_names(keys.RQ_ACTIONS, PERFORM))


def add_drain(db: TextStore) -> None:
    """Enqueue one drain of deliveries; it is always the same job."""
    ENQUEUE(id=DRAIN_ID, **_names(keys.RQ_DELIVERIES, DRAIN)).run(db)


def add_turn(db: TextStore, job_id: str) -> None:
    """Enqueue one turn of fetching an account's files."""
    ENQUEUE(id=job_id, **_names(keys.RQ_MEDIA, FETCH)).run(db)
