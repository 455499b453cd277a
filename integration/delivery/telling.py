"""Telling: how each attempt of a delivery ended, in one line of the log, and how long it took."""

import logging
from collections.abc import Sequence

from integration.delivery.records import Ended
from integration.delivery.retry_schedule import DELIVERED, QUEUED
from integration.runtime.logs import tell
from integration.store import measures
from integration.store.clock import wall_ms

log = logging.getLogger("hookline.deliveries")


def told(over: Sequence[Ended]) -> None:
    """These ends are recorded."""
    now = wall_ms()
    for claimed, attempt, verdict in over:
        if verdict.status == DELIVERED and claimed.arrived_ms:
            measures.observe(measures.ARRIVAL_TO_HOOK, (now - claimed.arrived_ms) / 1000)
        tell(
            log,
            logging.INFO,
            "delivery",
            delivery=claimed.id,
            hook=claimed.hook_id,
            workspace=claimed.workspace,
            outcome="retried" if verdict.status == QUEUED else verdict.status,
            status=attempt.status,
            attempt=claimed.tries + 1,
            ms=attempt.took_ms,
        )
