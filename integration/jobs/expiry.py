"""Expiry: release 0.1.0 gave a cancelled job no TTL; this walks over all jobs and gives it one."""

from __future__ import annotations

from integration.jobs.sweep import OURS
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.script import Rest, script

STEP = 1_000
"""Keys of the store that one call looks at, so that no call holds up the server."""


@script("expire_cancelled", makes=(keys.job,))
def EXPIRE_CANCELLED(*, ttl: int, ids: Rest) -> None:
    """Let cancelled jobs without a TTL expire."""


class Walk:
    """A walk over all jobs in steps. It begins again at its end: a process of 0.1.0 that still runs
    may cancel more."""

    def __init__(self) -> None:
        self._place = 0

    def step(self, services: Services) -> int:
        """Look at the next jobs; returns how many got a TTL."""
        # The workspaces' lists do not name every job: the oldest leave them.
        self._place, names = services.db.scan(self._place, keys.job("*"), STEP, "hash")
        found = [name.removeprefix(keys.job.prefix) for name in names]
        ids = [each for each in found if OURS.fullmatch(each)]
        if not ids:
            return 0
        return int(EXPIRE_CANCELLED(ttl=lifetimes.JOB_SECONDS, ids=ids).run(services.db))
