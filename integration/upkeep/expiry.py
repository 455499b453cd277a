"""Expiry: records that ended stay as long as RETENTION_DAYS says now, and their traces no longer.

Each record gets its time when it ends. One of another release, or from before the setting was
changed, has another time, or none.
"""

from itertools import islice

from integration.activity import conversations
from integration.delivery.retry_schedule import DEAD, DELIVERED, QUEUED
from integration.jobs.record import SETTLED
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import raw
from integration.store.clock import now_ms, wall_ms
from integration.store.script import Rest, script

SOME = 200
"""Records of one script call, for which all others wait."""


@script("expire")
def EXPIRE(*, statuses: str, keep_ms: int, wall: int, names: Rest) -> None:
    """Give records that have one of these statuses the time that they are to stay."""


def renew(services: Services, _: str = "") -> int:
    """Go through all jobs that ended, and all deliveries; returns when to do it again (ms)."""
    settings = services.settings
    for every, statuses, seconds in (
        (keys.job("*"), SETTLED, settings.keep_jobs_seconds),
        (keys.delivery("*"), (QUEUED, DELIVERED, DEAD), settings.keep_seconds),
    ):
        found = services.db.scan_iter(every, count=1_000)
        while names := [raw(each) for each in islice(found, SOME)]:
            EXPIRE(
                statuses=f",{','.join(statuses)},",
                keep_ms=seconds * 1000,
                wall=wall_ms(),
                names=names,
            ).run(services.db)
    conversations.tidy(services)
    return now_ms() + lifetimes.DAY_MS
