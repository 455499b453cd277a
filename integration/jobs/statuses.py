"""Statuses: the index of a workspace's jobs by status; statuses.lua writes it with each change.

A job whose record has expired is still in it until `expire` takes it out.
"""

import random
from collections.abc import Iterator, Mapping
from itertools import islice

from integration.jobs.ledger import several
from integration.jobs.record import SETTLED, STATUSES, Job
from integration.services import Services
from integration.store import keys
from integration.store.client import TextStore
from integration.store.clock import now_ms, wall_ms
from integration.store.script import Rest, script

SPAN = 10**14
"""What a status moves a score by; no time in milliseconds comes near it."""
STEP = 500
"""Jobs that one step looks at, and one read of a list."""
TIES = 300
"""More than the jobs that one call makes in the same millisecond."""
PAUSE_MS = 1_000
FIRST_AGAIN_MS, AGAIN_MS = 900_000, 86_400_000
Place = tuple[int, str]
"""When a job was made (ms), and its id: where a list goes on."""


@script("decode_facts", "statuses", "keep_statuses")
def KEEP_STATUSES(*, workspace: str, jobs: Rest) -> None:
    """Put jobs where they belong in the index, and take out those that have no record."""


def counts(db: TextStore, workspace: str) -> Mapping[str, int]:
    """How many jobs of the workspace have each status."""
    with db.pipeline(transaction=False) as pipe:
        for place in range(len(STATUSES)):
            pipe.zcount(keys.job_statuses(workspace), place * SPAN, f"({(place + 1) * SPAN}")
        return dict(zip(STATUSES, pipe.execute(), strict=True))


def count(db: TextStore, workspace: str, status: str) -> int:
    """How many jobs of the workspace have this status."""
    low = STATUSES.index(status) * SPAN
    return int(db.zcount(keys.job_statuses(workspace), low, f"({low + SPAN}"))


def oldest_ms(db: TextStore, workspace: str, status: str) -> int | None:
    """When the oldest of these was made (wall clock), None where no job has this status."""
    low = STATUSES.index(status) * SPAN
    name, high = keys.job_statuses(workspace), f"({low + SPAN}"
    rows = db.zrangebyscore(name, low, high, start=0, num=1, withscores=True)
    return int(rows[0][1]) - low if rows else None


def jobs(services: Services, workspace: str, status: str, before: Place | None) -> Iterator[Job]:
    """All jobs of this status that were made before that place, the newest first."""
    while ids := _ids(services.db, workspace, status, before):
        found = several(services, [each for _, each in ids])
        yield from (job for job in found if job and job.status == status)
        before = ids[-1]


def _ids(db: TextStore, workspace: str, status: str, before: Place | None) -> list[Place]:
    low = STATUSES.index(status) * SPAN
    high = f"({low + SPAN}" if before is None else f"{low + before[0]}"
    name = keys.job_statuses(workspace)
    rows = db.zrevrangebyscore(name, high, low, start=0, num=STEP + TIES, withscores=True)
    found = ((int(score) - low, job) for job, score in rows)
    return list(islice((each for each in found if before is None or each < before), STEP))


class Walks:
    """Puts jobs into the index that a process of release 0.1.0 made or changed.

    It walks through all jobs of a workspace at the start. A quarter of an hour later the last such
    process has ended, and it walks again; from then on once a day."""

    def __init__(self) -> None:
        self._walked: dict[str, tuple[int, int]] = {}

    def turn(self, services: Services, workspace: str) -> int:
        """One step; returns when the next one is due (ms)."""
        done, walks = self._walked.get(workspace, (0, 0))
        ids = services.db.lrange(keys.jobs(workspace), -done - STEP, -done - 1)
        if ids:
            KEEP_STATUSES(workspace=workspace, jobs=ids).run(services.db)
            self._walked[workspace] = done + len(ids), walks
            return now_ms() + PAUSE_MS
        self._walked[workspace] = 0, walks + 1
        return now_ms() + (AGAIN_MS if walks else FIRST_AGAIN_MS)


def expire(services: Services, workspace: str) -> int | None:
    """Take out ended jobs whose record has expired, from among those that are old enough.

    Returns when more is to be taken out (ms), if it is.
    """
    db, name, gone = services.db, keys.job_statuses(workspace), 0
    oldest = wall_ms() - services.settings.keep_jobs_seconds * 1000
    for low in (STATUSES.index(each) * SPAN for each in SETTLED):
        surplus = int(db.zcount(name, low, low + oldest)) - STEP
        # Some that were to be sent much later than they were made stay: not always the same ones.
        start = random.randint(0, surplus) if surplus > 0 else 0
        if ids := db.zrangebyscore(name, low, low + oldest, start=start, num=STEP):
            gone += int(KEEP_STATUSES(workspace=workspace, jobs=ids).run(db))
    return now_ms() + PAUSE_MS if gone else None
