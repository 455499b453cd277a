"""Waiting: what a hook is owed and waits for its next try, made due at once."""

from collections.abc import Sequence

from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from integration.store.script import Rest, script

STEP = 500
"""Deliveries that one trip to the store makes due."""


@script("delivery/skip_damaged", "hasten")
def HASTEN(*, hook: str, ends_wait: int, now: int, wall: int, ids: Rest) -> None:
    """Make deliveries due now that wait; a drain reads the wake list."""


def hasten_late(services: Services, hook_id: str) -> None:
    """Make what this hook's deliveries wait for be over: those that failed are due now as well."""
    late = services.db.zrangebyscore(keys.hook_due(hook_id), f"({now_ms()}", "+inf")
    hasten(services, hook_id, late, ends_wait=False)


def hasten(services: Services, hook_id: str, ids: Sequence[str], *, ends_wait: bool) -> int:
    """Make those of these deliveries due now that wait, in this order; returns how many.

    With `ends_wait`, the time that the hook's target asked for is over as well."""
    made = 0
    for first in range(0, len(ids), STEP):
        call = HASTEN(
            hook=hook_id,
            ends_wait=int(ends_wait),
            now=now_ms(),
            wall=wall_ms(),
            ids=ids[first : first + STEP],
        )
        made += int(call.run(services.db))
    return made
