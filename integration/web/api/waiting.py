"""Waiting: for how long what waits has waited, in milliseconds; 0 where nothing does."""

from collections.abc import Iterable

from integration.store import keys
from integration.store.client import TextStore
from integration.store.clock import now_ms, wall_ms

APART = 1e14
"""What a lane subtracts from the time of a job that it holds; lane.lua says why."""
LANED = f"({-APART * 1.5}"
PACED = f"({-APART * 2.5}"
"""Below it lies what waits for its connection's own pacing; pace_lane.lua."""


def job_ms(db: TextStore) -> int:
    """Of the oldest job that may be sent; to within a second. Pacing holds up what it is to."""
    with db.pipeline(transaction=False) as pipe:
        # One that waits for the provider's limit goes before all others of its lane.
        for least, most in ((PACED, LANED), (LANED, 0), (0, "+inf")):
            pipe.zrangebyscore(keys.JOBS_DUE, least, most, start=0, num=1, withscores=True)
        found = pipe.execute()
    return _age(now_ms(), (score % APART for rows in found for _, score in rows))


def delivery_ms(db: TextStore) -> int:
    """Of the oldest delivery that is not settled, counted from its event."""
    with db.pipeline(transaction=False) as pipe:
        for each in db.smembers(keys.WORKSPACES):
            pipe.zrange(keys.owed(each), 0, 0, withscores=True)
        found = pipe.execute(raise_on_error=False)
    rows = (each[0] for each in found if isinstance(each, list) and each)
    return _age(wall_ms(), (score for _, score in rows))


def lag_ms(db: TextStore) -> int:
    """How long the first hook that is due has been so."""
    found = db.zrange(keys.HOOKS_DUE, 0, 0, withscores=True)
    return _age(now_ms(), (score for _, score in found))


def _age(now: int, moments: Iterable[float]) -> int:
    return max(0, *(now - int(each) for each in moments), 0)
