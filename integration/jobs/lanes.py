"""Lanes: each connection's jobs wait in a lane of their own; lane.lua says what is in one.

A job gets its wake-up in RQ's queue only while its lane has room. So the queue stays short and
mixed, and a backlog, a used-up limit or a silent provider holds up its own account alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from integration.jobs import rq_queue
from integration.jobs.rq_queue import Enqueueing
from integration.store import keys
from integration.store.clock import now_ms
from integration.store.key import Key

AHEAD_MS = 1_000
"""How much earlier a job for at once is due than it was accepted: clocks may lag by as much."""


class Places(TypedDict):
    """What lane.lua reads; `now` is of `now_ms`."""

    now: int


class Admitting(Places, Enqueueing):
    """What lane_admit.lua reads beside lane.lua."""


PLACES: Sequence[Key] = (keys.lane_due, keys.lane_asks)
ADMITTING: Sequence[Key] = (
    keys.job,
    keys.rq_job,
    keys.permits,
    keys.lane,
    keys.lane_out,
    keys.lane_answered,
    *PLACES,
)
"""The keys whose names the two parts build."""


def places(now: int) -> Places:
    return Places(now=now)


def admitting() -> Admitting:
    return Admitting(**places(now_ms()), **rq_queue.names(keys.RQ_ACTIONS, rq_queue.PERFORM))
