"""Replay: owe deliveries again. A replayed delivery waits for its claim like a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from integration.delivery.fanout import LARGEST_STEP
from integration.delivery.records import delivery_id
from integration.hooks.record import Hook
from integration.inbound.inbox import Entry
from integration.services import Services
from integration.store.clock import now_ms, wall_ms
from integration.store.script import Rows, script

Again = tuple[Hook, Entry, str]
"""A hook, the entry to send to it again, and the event's id."""


class Replayed(NamedTuple):
    """A delivery by its id, hook id, position in the inbox, and event id."""

    id: str
    hook: str
    position: str
    event: str


@script("skip_damaged", "record_owed", "replay")
def REPLAY(
    *,
    now: int,
    wall: int,
    workspace: str,
    kind: str,
    hastens: int,
    deliveries: Rows[Replayed],
) -> None:
    """Owe these deliveries again; a drain reads the wake list."""


def replay(
    services: Services,
    workspace: str,
    kind: str,
    wanted: Sequence[Again],
    *,
    hastens: bool = False,
) -> int:
    """Owe these deliveries again, and return how many are owed.

    One in flight stays as it is. So does one that waits, unless the replay `hastens` it."""
    made = 0
    for first in range(0, len(wanted), LARGEST_STEP):
        part = wanted[first : first + LARGEST_STEP]
        call = REPLAY(
            now=now_ms(),
            wall=wall_ms(),
            workspace=workspace,
            kind=kind,
            hastens=int(hastens),
            deliveries=[
                Replayed(delivery_id(hook.id, event_id), hook.id, entry.position, event_id)
                for hook, entry, event_id in part
            ],
        )
        made += int(call.run(services.db))
    return made
