"""The past: whether the store still has what this process wrote last.

A store that was restored from a copy, or failed over to a replica that lacked the last writes, has
not. What waits in it may have been sent since, so providers are asked first (jobs/claim.lua).
"""

import os
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import TypedDict

from integration.store import keys
from integration.store.client import TextStore
from integration.store.script import script

FRESH_MS = 1_800_000
"""How long a confirmed beat proves anything; the store keeps each for an hour at least."""
LAG_MS = 5_000
"""How much later a beat counts as confirmed that no claim needs. A replica that takes over may lack
the last moment; where no claim is among that, all that waits can be sent as always."""
SKEW_MS = 1_000
"""By so much at most the wall times of two processes differ (store/clock.py)."""
PROVED, UNSURE = "proved", "unsure"


class Beat(TypedDict):
    """What witness.lua reads of the calling process: its id, its next beat, and the last one that
    the store confirmed. `seen_wall` says when that was, `seen_born` in which store."""

    process: str
    beat: int
    seen: int
    seen_wall: int
    seen_born: str


@script("past", "meet")
def MEET(*, run: str) -> None:
    """Note the server's run; 1 where the store may have been put back."""


@dataclass
class _Witness:
    """What this process knows of its own beats."""

    process: str = field(default_factory=lambda: secrets.token_hex(6))
    last: int = 0
    seen: int = 0
    wall: int = 0
    born: str = ""
    heard: deque[tuple[Beat, int]] = field(default_factory=deque)


_own: list[_Witness] = [_Witness()]


def forget() -> None:
    """As a process that has written nothing yet; forked ones are."""
    _own[:] = [_Witness()]


os.register_at_fork(after_in_child=forget)


def beat(now: int) -> Beat:
    """The next beat of this process. `now` is of `now_ms`, 0 before the time was agreed."""
    own = _own[0]
    if now:
        own.last = max(now, own.last + 1)
    return Beat(
        process=own.process,
        beat=own.last,
        seen=own.seen if now - own.seen < FRESH_MS else 0,
        seen_wall=own.wall + SKEW_MS,
        seen_born=own.born,
    )


def confirmed(mine: Beat, wall: int) -> None:
    """The store, and the replicas that must have it, hold this beat. `wall` is no earlier than it
    was written."""
    own = _own[0]
    if mine["process"] == own.process and mine["beat"] >= own.seen:
        own.seen, own.wall = mine["beat"], wall


def heard(mine: Beat, wall: int, born: str) -> None:
    """The store holds this beat, perhaps alone; `born` is the store's birth."""
    own = _own[0]
    if mine["process"] != own.process:
        return
    own.born = born
    own.heard.append((mine, wall))
    while own.heard[0][0]["beat"] <= mine["beat"] - LAG_MS:
        confirmed(*own.heard.popleft())


def meet(db: TextStore, run: str) -> bool:
    """For a process that starts: whether the store may have been put back unseen. `run` is the
    server's own id, "" where it may not be asked for."""
    return bool(run and MEET(run=run).run(db))


def keep_run(db: TextStore, run: str) -> None:
    """For a process that runs: it has seen this run of the server begin, and its beats prove
    whether the store was put back."""
    if run and db.hget(keys.CLOCK, "run") != run:
        db.hset(keys.CLOCK, "run", run)
