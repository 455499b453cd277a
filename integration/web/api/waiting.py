"""Waiting: for how long what waits has waited, in milliseconds; 0 where nothing does."""

import math
from collections.abc import Iterable, Sequence

from integration.hooks.subscriptions import PAUSED
from integration.store import keys
from integration.store.client import TextStore, raw
from integration.store.clock import now_ms, wall_ms

APART = 1e14
"""What a lane subtracts from the time of a job that it holds; lane.lua says why."""
LANED = f"({-APART * 1.5}"
PACED = f"({-APART * 2.5}"
"""Below it lies what waits for its connection's own pacing; pace_lane.lua."""

STEP, MOST_OWED = 500, 20_000
"""Deliveries that are looked at in one trip, and in a workspace."""


def job_ms(db: TextStore) -> int:
    """Of the oldest job that may be sent; to within a second. Pacing holds up what it is to."""
    with db.pipeline(transaction=False) as pipe:
        # One that waits for the provider's limit goes before all others of its lane.
        for least, most in ((PACED, LANED), (LANED, 0), (0, "+inf")):
            pipe.zrangebyscore(keys.JOBS_DUE, least, most, start=0, num=1, withscores=True)
        found = pipe.execute()
    return _age(now_ms(), (score % APART for rows in found for _, score in rows))


def delivery_ms(db: TextStore) -> int:
    """Of the oldest delivery that is not settled, counted from its event. What a paused hook is
    owed waits until somebody resumes it, and does not count."""
    workspaces = sorted(db.smembers(keys.WORKSPACES))
    with db.pipeline(transaction=False) as pipe:
        for each in workspaces:
            pipe.zrange(keys.owed(each), 0, 0, withscores=True)
        found = pipe.execute(raise_on_error=False)
    rows = zip(found, workspaces, strict=True)
    begins = sorted((each[0][1], name) for each, name in rows if isinstance(each, list) and each)
    oldest, paused = math.inf, dict[str, bool]()
    for since, name in begins:
        if since < oldest:
            oldest = min(oldest, _owed_since(db, name, paused))
    return _age(wall_ms(), [oldest] if oldest < math.inf else [])


def _owed_since(db: TextStore, workspace: str, paused: dict[str, bool]) -> float:
    """When the oldest event came that a hook is owed which is not paused; `paused` has the hooks
    that are known. Behind MOST_OWED of paused ones, when the last of these came."""
    for first in range(0, MOST_OWED, STEP):
        rows = db.zrange(keys.owed(workspace), first, first + STEP - 1, withscores=True)
        hooks = _fields(db, [keys.delivery(name) for name, _ in rows], "hook")
        fresh = sorted({each for each in hooks if each} - paused.keys())
        states = _fields(db, [keys.hook(each) for each in fresh], "status")
        paused |= {name: state == PAUSED for name, state in zip(fresh, states, strict=True)}
        for (_, since), hook in zip(rows, hooks, strict=True):
            if not paused.get(hook):
                return float(since)
        if len(rows) < STEP:
            return math.inf
    return float(rows[-1][1])


def _fields(db: TextStore, names: Sequence[str], field: str) -> list[str]:
    """This field of each of these hashes, "" for one without it."""
    with db.pipeline(transaction=False) as pipe:
        for each in names:
            pipe.hget(raw(each), field)
        found = pipe.execute(raise_on_error=False)
    return [each if isinstance(each, str) else "" for each in found]


def lag_ms(db: TextStore) -> int:
    """How long the first hook that is due has been so."""
    found = db.zrange(keys.HOOKS_DUE, 0, 0, withscores=True)
    return _age(now_ms(), (score for _, score in found))


def _age(now: int, moments: Iterable[float]) -> int:
    return max(0, *(now - int(each) for each in moments), 0)
