"""Standing: whether the jobs of an account may go, and what they wait for where they may not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from integration.kernel import times
from integration.store import keys
from integration.store.client import TextStore
from integration.store.clock import as_wall, now_ms
from integration.store.counters import number

READS = 5
"""Commands for each account."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`waiting` counts the jobs that have not ended. `since` is when the provider stopped answering
    (RFC 3339), None for one that answers; `until` is when jobs go again, None for now."""

    state: Literal["open", "silent", "limited"] = "open"
    waiting: int = 0
    since: str | None = None
    until: str | None = None

    @property
    def sentence(self) -> str:
        if self.state == "silent":
            return f"The provider has not answered since {self.since}; next try {self.until}."
        if self.state == "limited":
            return f"The provider takes no more calls of this account until {self.until}."
        return ""


def of(db: TextStore, ids: Iterable[str]) -> dict[str, Standing]:
    """The standing of each of these connections."""
    names = list(ids)
    with db.pipeline(transaction=False) as pipe:
        for each in names:
            pipe.hmget(keys.lane(each), "until", "since")
            pipe.hmget(keys.permits(each), "blocked", "ends", "most", "count")
            for waits in (keys.lane_due, keys.lane_asks, keys.lane_out):
                pipe.zcard(waits(each))
        found = pipe.execute(raise_on_error=False)
    rows = [found[first : first + READS] for first in range(0, len(found), READS)]
    return {each: _read(row) for each, row in zip(names, rows, strict=True)}


def try_now(db: TextStore, connection_id: str) -> None:
    """Open the lane of a provider that has just answered, whatever pause it was in."""
    with db.pipeline(transaction=True) as pipe:
        pipe.delete(keys.lane(connection_id))
        pipe.zadd(keys.LANES, {connection_id: now_ms()}, lt=True)
        pipe.execute()


def _read(row: Sequence[Any]) -> Standing:
    """A damaged lane counts as an open one; the sweep notes the damage."""
    until, since = _numbers(row[0], 2)
    waiting = sum(each for each in row[2:] if isinstance(each, int))
    if since:
        at = max(until, now_ms())
        return Standing(
            state="silent", waiting=waiting, since=times.from_ms(since), until=_shown(at)
        )
    blocked, ends, most, count = _numbers(row[1], 4)
    closed = max(blocked, ends if count >= most else 0)
    if waiting and closed > now_ms():
        return Standing(state="limited", waiting=waiting, until=_shown(closed))
    return Standing(waiting=waiting)


def _numbers(texts: Any, count: int) -> list[int]:
    if not isinstance(texts, list):
        return [0] * count
    return [number(each or "0") or 0 for each in texts]


def _shown(moment_ms: int) -> str:
    return times.from_ms(as_wall(moment_ms))
