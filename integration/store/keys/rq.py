"""Keys of RQ that our scripts write; RQ wakes the workers, the ledger knows the jobs."""

from __future__ import annotations

from functools import partial

from integration.store.key import Key

_key = partial(Key, owner="rq")

rq_job = _key(
    "rq_job",
    "rq:job:<job>",
    "hash",
    "RQ's own record of a wake-up.",
    expires="5 seconds after a run, an hour after a claim that never ended",
)
rq_waiting = _key(
    "rq_waiting",
    "rq:queue:<queue>",
    "list",
    "Ids that wait in a queue of RQ.",
    cap="one entry a wake-up; the sweeper adds none while 200 wait",
)
rq_taken = _key(
    "rq_taken",
    "rq:queue:<queue>:intermediate",
    "list",
    "Ids that a worker of the queue took and has not begun with.",
    cap="one entry a worker",
)
