"""A lane's jobs, taken through their life by hand."""

from __future__ import annotations

from typing import Literal

from integration.accounts.provider_link import Reach
from integration.jobs import finish, sweep
from integration.jobs.claim import Claim
from integration.jobs.finish import Ending
from integration.store import keys
from integration.store.clock import now_ms
from tests.jobs.history import Desk

FEW, MANY = 2, 8
"""The room of a lane before its provider has answered, and after it; lane_admit.lua."""
HOUR = 3_600_000
SENT = Ending(status="sent", message="Sent.", outcome="sent", detail="Sent.", provider_id="1")
Word = Literal["", "answered", "silent", "busy", "closed"]


def taken(desk: Desk) -> Claim:
    """The claim of the job whose wake-up a worker takes next."""
    return desk.claim(str(desk.own.db.lpop(keys.rq_waiting(keys.RQ_ACTIONS))))


def ended(desk: Desk, held: Claim, ending: Ending = SENT, word: Word = "answered") -> str:
    assert finish.finish(desk.own, held, ending, Reach(word=word, seconds=600))
    return held.job.id


def lost(desk: Desk, held: Claim, word: Word = "silent", later: int = HOUR) -> str:
    """The job, whose answer was lost or, at a look-up, is to be asked for again."""
    at = now_ms() + later
    ending = Ending(status="sending", message="?", outcome="?", detail="?", later_ms=at)
    return ended(desk, held, ending, word)


def back(desk: Desk, held: Claim, word: Word) -> str:
    """The job, which goes on waiting."""
    at = now_ms() + HOUR
    ending = Ending(status="queued", message="?", outcome="?", detail="?", later_ms=at)
    return ended(desk, held, ending, word)


def looked(desk: Desk) -> None:
    """Let the sweep look at the lane."""
    desk.own.db.zadd(keys.LANES, {desk.connection.id: 0})
    sweep.sweep(desk.own)


def pause_over(desk: Desk) -> list[str]:
    """What goes after the pause of a silent provider."""
    desk.own.db.hset(keys.lane(desk.connection.id), "until", 0)
    looked(desk)
    return desk.waiting()


def state(desk: Desk) -> dict[str, str]:
    found: dict[str, str] = desk.own.db.hgetall(keys.lane(desk.connection.id))
    return found
