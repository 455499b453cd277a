"""What runs: RQ's queues, what waits in each, and its worker processes, of the whole service.

The ledger is the truth and RQ wakes a worker. A wake-up that is lost fails nothing: the sweep
finds the job within a second and wakes a worker again.
"""

from dataclasses import dataclass
from typing import Any

from integration.kernel import times
from integration.store import keys
from integration.store.client import TextStore
from integration.store.clock import now_ms, wall_ms
from integration.web.api import waiting

ALIVE_MS = 30_000
"""A worker says that it lives every 5 seconds; RQ forgets one after 80."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    """`woken` wake-ups wait for a worker. `due` jobs, or hooks, wait for their time or their turn.
    `held` ones are in flight. The worker of `lost` ones died with them. `oldest_ms` is how long the
    first has waited."""

    name: str
    does: str
    woken: int
    due: int
    held: int
    lost: int
    oldest_ms: int


@dataclass(frozen=True, kw_only=True)
class Process:
    """One of RQ's workers. `seen_ms` is how long ago it last said that it lives."""

    queue: str
    state: str
    machine: str
    pid: str
    since: str
    seen_ms: int
    alive: bool


def queues(db: TextStore) -> list[Queue]:
    with db.pipeline(transaction=False) as pipe:
        pipe.llen(keys.rq_waiting(keys.RQ_ACTIONS))
        pipe.zcard(keys.JOBS_DUE)
        pipe.zcard(keys.JOBS_LEASED)
        pipe.zcount(keys.JOBS_LEASED, 0, now_ms())
        pipe.llen(keys.rq_waiting(keys.RQ_DELIVERIES))
        pipe.zcard(keys.HOOKS_DUE)
        pipe.hlen(keys.LEASED)
        pipe.zcount(keys.DRAINS, 0, now_ms())
        found = pipe.execute()
    return [
        _queue(keys.RQ_ACTIONS, "Jobs: texts and other actions", found[:4], waiting.job_ms(db)),
        _queue(keys.RQ_DELIVERIES, "Deliveries to hooks", found[4:], waiting.lag_ms(db)),
    ]


def _queue(name: str, does: str, counts: list[int], oldest_ms: int) -> Queue:
    woken, due, held, lost = counts
    return Queue(
        name=name, does=does, woken=woken, due=due, held=held, lost=lost, oldest_ms=oldest_ms
    )


def processes(db: TextStore) -> list[Process]:
    """Of each queue, the one that was seen last first."""
    with db.pipeline(transaction=False) as pipe:
        for each in sorted(db.smembers(keys.rq_workers())):
            pipe.hgetall(keys.rq_worker(each.rpartition(":")[2]))
        found = [_process(each) for each in pipe.execute() if each]
    return sorted(found, key=lambda each: (each.queue, each.seen_ms))


def _process(record: dict[str, str]) -> Process:
    ago = _ago(record.get("last_heartbeat", ""))
    return Process(
        queue=record.get("queues", ""),
        state=record.get("state", ""),
        machine=record.get("hostname", ""),
        pid=record.get("pid", ""),
        since=record.get("birth", ""),
        seen_ms=ago,
        alive=ago < ALIVE_MS and not record.get("death"),
    )


def _ago(moment: str) -> int:
    """One whose time cannot be read counts as gone."""
    try:
        return max(0, wall_ms() - int(times.parse_strict(moment).timestamp() * 1000))
    except ValueError:
        return ALIVE_MS


def state(db: TextStore) -> dict[str, Any]:
    """All of it, and how many records of the store could not be read in the last 30 days."""
    return {
        "queues": queues(db),
        "processes": processes(db),
        "damaged": db.zcard(keys.BROKEN),
    }
