"""Whether a workspace keeps a register of opt-outs, and by which words."""

import json
import os
import time
from typing import NamedTuple

from integration.kernel import opt_out_words
from integration.services import Services
from integration.store import damaged, keys
from integration.store.client import TextStore

KEPT_SECONDS = 5.0
"""For so long a process takes what it read: every send and every text in asks."""


class Rules(NamedTuple):
    """`stop` are words of the workspace's own; without any, the usual ones hold."""

    on: bool
    stop: tuple[str, ...] = ()


_read: dict[str, tuple[float, Rules]] = {}
# A forked process may start much later.
os.register_at_fork(after_in_child=_read.clear)


def rules(services: Services, workspace: str) -> Rules:
    """What holds in the workspace, as it was at most KEPT_SECONDS ago."""
    at, found = _read.get(workspace, (0.0, Rules(False)))
    if time.monotonic() - at > KEPT_SECONDS or not at:
        found = stored(services.db, workspace)
        _read[workspace] = (time.monotonic(), found)
    return found


def stored(db: TextStore, workspace: str) -> Rules:
    state, words = db.hmget(keys.workspace(workspace), "opt_outs", "stop_words")
    try:
        own = tuple(str(each) for each in json.loads(words or "[]"))
    except damaged.NONSENSE:
        own = ()
    return Rules(state == "on", own)


def store(db: TextStore, workspace: str, *, on: bool, stop: tuple[str, ...] = ()) -> Rules:
    """Change it; other processes follow within KEPT_SECONDS."""
    words = tuple(each.strip() for each in stop if opt_out_words.folded(each))
    facts = {"opt_outs": "on" if on else "off", "stop_words": json.dumps(words)}
    db.hset(keys.workspace(workspace), mapping=facts)
    _read.pop(workspace, None)
    return Rules(on, words)
