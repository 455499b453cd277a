"""Fan-out: from an event in the inbox to a delivery owed to each hook that wants it.

Comes after the commit (inbound/inbox.py), and before the claim (drain_step.py).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from redis.exceptions import ResponseError

from integration.delivery.records import Unfanned, delivery_id
from integration.hooks.record import Hook
from integration.inbound import inbox
from integration.inbound.inbox import Entry
from integration.services import Services
from integration.store import damaged, keys
from integration.store.client import raw
from integration.store.clock import now_ms, wall_ms
from integration.store.script import ScriptCall, script

BATCH = 100
"""Events of one fan-out, which is one script call and must stay short."""
LARGEST_STEP = 1_000
"""Deliveries of one script call, bounded by what Lua can unpack and Redis should block for."""
INBOXES = 8
"""Inboxes with events not yet fanned out that are read at once."""
UNREADABLE = (ResponseError, *damaged.NONSENSE)
"""What a workspace raises whose keys something else has written."""


@script("skip_damaged", "read_unfanned", "list_unfanned")
def READ_UNFANNED(*, now: int, inboxes: int, entries: int) -> None:
    """Read some inboxes with events that are not fanned out yet, and so many events of each."""


@script("skip_damaged", "record_owed", "fan_out")
def FAN_OUT(
    *,
    position: str,
    last: str,
    revision: str,
    now: int,
    wall: int,
    workspace: str,
    kind: str,
    keep_seconds: int,
    events: bytes,
) -> None:
    """Owe the deliveries of events; a drain reads the wake list."""


def read_unfanned() -> ScriptCall:
    """The call that reads some inboxes, and some events of each."""
    return READ_UNFANNED(now=now_ms(), inboxes=INBOXES, entries=BATCH)


def unfanned(row: Any) -> Unfanned:
    """One row of what READ_UNFANNED returns."""
    member, position, revision, rows = row
    workspace, _, kind = member.rpartition(" ")
    read = [(place, dict(zip(some[::2], some[1::2], strict=False))) for place, some in rows]
    return Unfanned(workspace, kind, position, revision, read)


def skip_damaged(services: Services, read: Unfanned, error: Exception) -> None:
    """Let a workspace whose keys are damaged wait for its next event; it must stop no other."""
    damaged.note_refusal(services.db, keys.inbox(read.workspace, read.kind), error)
    services.db.srem(keys.FANOUT_OWED, raw(f"{read.workspace} {read.kind}"))


def fan_out(services: Services, read: Unfanned, hooks: Sequence[Hook]) -> ScriptCall:
    """The call that owes the first of these events to the hooks that want them.

    It returns the number of deliveries, -1 where it came too late.
    """
    workspace, kind = read.workspace, read.kind
    entries = list(inbox.readable(services, keys.inbox(workspace, kind), read.rows))
    portion = _portion(services, hooks, entries)
    whole = len(portion) == len(entries)
    # Behind an event that could not be read as well.
    last = read.rows[-1][0] if whole and read.rows else portion[-1][0].position if portion else ""
    events = [
        [
            entry.position,
            entry.event["id"],
            *(part for each in wanting for part in (delivery_id(each, entry.event["id"]), each)),
        ]
        for entry, wanting in portion
    ]
    last = last or read.position or inbox.START
    return owe(
        services,
        workspace,
        kind,
        events,
        position=read.position,
        last=last,
        revision=read.revision,
    )


def owe(
    services: Services,
    workspace: str,
    kind: str,
    events: Sequence[Sequence[str]],
    *,
    position: str = "",
    last: str = "",
    revision: str = "",
) -> ScriptCall:
    """As fan_out.lua says; without `last`, deliveries are owed again."""
    return FAN_OUT(
        position=position,
        last=last,
        revision=revision,
        now=now_ms(),
        wall=wall_ms(),
        workspace=workspace,
        kind=kind,
        keep_seconds=services.settings.keep_seconds,
        # One argument for all: the client packs each by itself, which costs more.
        events=raw(json.dumps(events, ensure_ascii=False)),
    )


def _portion(
    services: Services, hooks: Sequence[Hook], entries: Iterable[Entry]
) -> list[tuple[Entry, list[str]]]:
    """The first entries that one call can carry, at least one, with the ids of their hooks."""
    portion: list[tuple[Entry, list[str]]] = []
    count = 0
    for entry in entries:
        wanting = [each.id for each in _wanting(services, hooks, entry)]
        count += len(wanting)
        if portion and count > LARGEST_STEP:
            break
        portion.append((entry, wanting))
    return portion


def _wanting(services: Services, hooks: Sequence[Hook], entry: Entry) -> Iterator[Hook]:
    if entry.quiet or not hooks:
        return
    for hook in hooks:
        trigger = services.catalog.trigger(hook.trigger)
        if inbox.order(entry.position) <= inbox.order(hook.since):
            continue
        if trigger.takes_all(hook.filters) or trigger.wants(entry.event, hook.filters):
            yield hook
