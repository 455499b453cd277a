"""Keys that RQ owns; `jobs/rq_queue.py` writes its wake-ups in RQ's own format."""

from functools import partial

from integration.store import lifetimes
from integration.store.key import Key

_key = partial(Key, owner="rq")
_WORKERS = "one entry for each worker process"

rq_job = _key(
    "rq:job:<job>",
    "hash",
    "RQ's wake-up for a job of ours, under the same id.",
    fields={
        "data": "the name of the function that RQ calls",
        "origin": "the queue's name",
        "status": "`queued`",
        "created_at": "when it was written",
        "enqueued_at": "when it was enqueued",
        "timeout": "seconds",
        "result_ttl": "seconds",
        "failure_ttl": "seconds",
    },
    seconds=lifetimes.RQ_FAILED_SECONDS,
    expires="after a worker took it",
    unless="it waits in a queue",
)
rq_waiting = _key(
    "rq:queue:<queue>",
    "list",
    "Ids that wait for a worker.",
    cap="a few entries for each lane",
)
rq_workers = _key("rq:workers", "set", "Names of RQ's workers.", cap=_WORKERS)
rq_queue_workers = _key("rq:workers:<queue>", "set", "The same for one queue.", cap=_WORKERS)
rq_worker = _key(
    "rq:worker:<worker>",
    "hash",
    "One worker process, for people who look at RQ.",
    fields={
        "birth": "when it began",
        "death": "when it ended",
        "last_heartbeat": "when it was last alive",
        "shutdown_requested_date": "when it was asked to end",
        "queues": "the queues that it serves",
        "state": "`idle` or `busy`",
        "pid": "its process id",
        "hostname": "its machine",
        "ip_address": "`unknown`",
        "version": "RQ's version",
        "python_version": "Python's version",
    },
    seconds=80,
    expires="after the last heartbeat",
)
