"""Lanes: each connection's jobs wait in a lane of their own; lane.lua says what is in one.

A job gets its wake-up in RQ's queue only while its lane has room. So the queue stays short and
mixed, and a backlog, a used-up limit or a silent provider holds up its own account alone.
"""

from integration.jobs import rq_queue
from integration.jobs.rq_queue import Enqueueing
from integration.store import keys
from integration.store.clock import now_ms

AHEAD_MS = 1_000
"""How much earlier a job for at once is due than it was accepted: clocks may lag by as much."""


class Admitting(Enqueueing):
    """What lane.lua and lane_admit.lua read; `now` is of `now_ms`."""

    now: int


def admitting() -> Admitting:
    return Admitting(now=now_ms(), **rq_queue.names(keys.RQ_ACTIONS, rq_queue.PERFORM))
