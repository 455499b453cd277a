"""Standing: whether the jobs of an account may go, and what they wait for where they may not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from integration.kernel import times
from integration.store import keys
from integration.store.client import TextStore
from integration.store.clock import as_wall, now_ms
from integration.store.counters import number

FULL = "full."
"""Begins the name of a queue that waits for no pacing; jobs/full.lua."""
READS = 6
"""Commands for each account."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`waiting` counts the jobs that have not ended, `paced` those that wait for the account's own
    pacing. `since` is when the provider stopped answering (RFC 3339), None for one that answers;
    `until` is when jobs go again, None for now."""

    state: Literal["open", "silent", "limited", "paced"] = "open"
    waiting: int = 0
    paced: int = 0
    since: str | None = None
    until: str | None = None
    full: Sequence[Mapping[str, Any]] = ()
    """Its phones and senders that take no texts for now, as the API shows them."""

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
            pipe.zrange(keys.lane_paced(each), 0, -1, withscores=True)
        found = pipe.execute(raise_on_error=False)
    rows = [found[first : first + READS] for first in range(0, len(found), READS)]
    queues = {each: _queues(db, each, row[-1]) for each, row in zip(names, rows, strict=True)}
    read = {each: _read(row, queues[each]) for each, row in zip(names, rows, strict=True)}
    return {each: replace(lane, full=queues[each].full) for each, lane in read.items()}


class _Queues(NamedTuple):
    """What waits in the queues of a paced account: all of it, and what waits for a time. `opens` is
    the first of these times (ms), 0 for none or where some may go now."""

    jobs: int = 0
    paced: int = 0
    opens: float = 0.0
    full: Sequence[Mapping[str, Any]] = ()


def _queues(db: TextStore, connection_id: str, index: Any) -> _Queues:
    if not isinstance(index, list) or not index:
        return _Queues()
    held = [scope for scope, _ in index if FULL in scope]
    with db.pipeline(transaction=False) as pipe:
        for scope, _ in index:
            pipe.zcard(keys.lane_queue(connection_id, scope))
        for scope in held:
            pipe.hmget(keys.lane_full(connection_id, scope), "kind", "name")
        found = pipe.execute(raise_on_error=False)
    sizes = [each if isinstance(each, int) else 0 for each in found[: len(index)]]
    now = now_ms()
    own = [(at, size) for (scope, at), size in zip(index, sizes, strict=True) if FULL not in scope]
    opens = min((at for at, _ in own), default=0.0)
    paced = sum(size for at, size in own if at > now)
    rest = [(at, size) for (scope, at), size in zip(index, sizes, strict=True) if FULL in scope]
    named = zip(rest, found[len(index) :], strict=True)
    full = [each for (at, size), name in named if (each := _full(name, size, max(at, now)))]
    return _Queues(sum(sizes), paced, opens if opens > now else 0.0, full)


def _full(named: Any, size: int, at: float) -> Mapping[str, Any] | None:
    """None for what a release before had found full, which kept no name. The name is "" for the
    usual sender of the connection."""
    if not isinstance(named, list) or not named[0]:
        return None
    rule, name = f"{named[0]}_full", named[1] or ""
    return {"rule": rule, "name": name, "jobs_waiting": size, "until": _shown(int(at))}


def try_now(db: TextStore, connection_id: str) -> None:
    """Open the lane of a provider that has just answered, whatever pause it was in."""
    with db.pipeline(transaction=True) as pipe:
        pipe.delete(keys.lane(connection_id))
        pipe.zadd(keys.LANES, {connection_id: now_ms()}, lt=True)
        pipe.execute()


def _read(row: Sequence[Any], queues: _Queues) -> Standing:
    """A damaged lane counts as an open one; the sweep notes the damage."""
    until, since = _numbers(row[0], 2)
    waiting = queues.jobs + sum(each for each in row[2:] if isinstance(each, int))
    if since:
        at = max(until, now_ms())
        return Standing(
            state="silent", waiting=waiting, since=times.from_ms(since), until=_shown(at)
        )
    blocked, ends, most, count = _numbers(row[1], 4)
    closed = max(blocked, ends if count >= most else 0)
    if waiting and closed > now_ms():
        return Standing(state="limited", waiting=waiting, until=_shown(closed))
    if queues.opens:
        paced = _shown(int(queues.opens))
        return Standing(state="paced", waiting=waiting, paced=queues.paced, until=paced)
    return Standing(waiting=waiting, paced=queues.paced)


def _numbers(texts: Any, count: int) -> list[int]:
    if not isinstance(texts, list):
        return [0] * count
    return [number(each or "0") or 0 for each in texts]


def _shown(moment_ms: int) -> str:
    return times.from_ms(as_wall(moment_ms))
