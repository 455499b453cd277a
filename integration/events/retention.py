"""Retention: what the inbox keeps, and what it must not drop while a hook is still owed it."""

from __future__ import annotations

from integration import keys
from integration.clock import wall_ms
from integration.services import Services


def trim(services: Services, workspace: str) -> None:
    """Drop events beyond RETENTION_EVENTS, unless a delivery of them is still to be made, and
    those older than RETENTION_DAYS in any case."""
    settings, db = services.settings, services.db
    oldest_ms = wall_ms() - settings.retention_days * keys.DAY_MS
    db.zremrangebyscore(keys.owed(workspace), "-inf", oldest_ms)
    for kind in sorted({trigger.kind for trigger in services.catalog.triggers.values()}):
        inbox = keys.inbox(workspace, kind)
        db.xtrim(inbox, minid=f"{oldest_ms}-0", approximate=False)
        excess = int(db.xlen(inbox)) - settings.retention_events
        if excess > 0:
            _drop(services, workspace, inbox, excess)


def _drop(services: Services, workspace: str, inbox: str, excess: int) -> None:
    first_kept = services.db.xrange(inbox, "-", "+", excess + 1)[-1][0]
    owed = services.db.zrange(keys.owed(workspace), 0, 0, withscores=True)
    limit = f"{int(owed[0][1])}-0" if owed else first_kept
    # Positions of the same length compare as text; both begin with milliseconds of today.
    services.db.xtrim(inbox, minid=min(first_kept, limit), approximate=False)
