"""Fan-out: from an event in the inbox to a delivery owed to each hook that wants it.

Comes after the commit (inbound/inbox.py), and before the claim (drain_step.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Unpack

from redis.exceptions import ResponseError

from integration.delivery.delivery_id import delivery_id
from integration.delivery.hook_cache import HookCache
from integration.delivery.leasing import Leasing, leasing
from integration.delivery.records import (
    NO_DRAIN,
    DrainCapacity,
    FannedOut,
    FanOut,
    NewDelivery,
    Unfanned,
)
from integration.hooks.record import Hook
from integration.inbound import inbox
from integration.inbound.inbox import Entry
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.client import raw
from integration.store.clock import now_ms, wall_ms
from integration.store.script import ScriptCall, Slot, script

BATCH = 100
"""Events of one fan-out, which is one script call and must stay short."""
SPARE_EVENTS = 2
"""Events to read beyond as many as the last fan-out passed."""
LARGEST_STEP = 1_000
"""Deliveries of one script call, bounded by what Lua can unpack and Redis should block for."""
INBOXES = 8
"""Inboxes with events not yet fanned out that are read at once."""
UNREADABLE = (ResponseError, *damaged.NONSENSE)
"""What a workspace raises whose keys something else has written."""


@script(
    "skip_damaged",
    "read_unfanned",
    "list_unfanned",
    makes=(keys.fanout_position, keys.inbox, keys.hooks_revision),
)
def READ_UNFANNED(*, fanout_owed: Slot, broken: Slot, now: int, inboxes: int, entries: int) -> None:
    """Read some inboxes with events that are not fanned out yet, and so many events of each."""


@script(
    "skip_damaged",
    "count_busy",
    "take_lease",
    "record_owed",
    "fan_out",
    makes=(keys.hook, keys.hook_due, keys.hook_log, keys.delivery, keys.host),
)
def FAN_OUT(
    *,
    fanout_position: Slot,
    inbox: Slot,
    hooks_revision: Slot,
    owed: Slot,
    wake: Slot,
    position: str,
    last: str,
    revision: str,
    member: str,
    wall: int,
    log_length: int,
    workspace: str,
    events: bytes,
    **shared: Unpack[Leasing],
) -> None:
    """Owe the deliveries of events up to `last`; drains read the wake list."""


def read_unfanned(inboxes: int = INBOXES, entries: int = BATCH) -> ScriptCall:
    """The call that reads so many inboxes, and so many events of each."""
    return READ_UNFANNED(
        fanout_owed=keys.FANOUT_OWED,
        broken=keys.BROKEN,
        now=now_ms(),
        inboxes=inboxes,
        entries=entries,
    )


def unfanned(row: Any) -> Unfanned:
    """One row of what READ_UNFANNED returns."""
    member, position, revision, rows = row
    workspace, _, kind = member.rpartition(" ")
    read = [(place, dict(zip(some[::2], some[1::2], strict=False))) for place, some in rows]
    return Unfanned(workspace, kind, position, revision, read)


def run(services: Services, hook_cache: HookCache | None = None) -> int:
    """Fan out all events of all inboxes; returns the number of deliveries."""
    made, hook_cache = 0, hook_cache or HookCache(services)
    while rows := read_unfanned().run(services.db):
        for each in map(unfanned, rows):
            try:
                hooks = hook_cache.cached(each)
                if hooks is None:
                    hooks = hook_cache.read(each)
                made += max(0, fan_out(services, each, hooks).call.run(services.db)[0])
            except UNREADABLE as error:
                skip_damaged(services, each, error)
    return made


def next_entries(entries: int, read: Unfanned, outcome: FannedOut) -> int:
    """How many events the next step should read, after one that read `entries` of them.

    What it read beyond the events that the fan-out passed has to be read again.
    """
    if outcome.made < 0:
        return entries
    whole = outcome.passed >= len(read.rows)
    return min(BATCH, 2 * entries if whole else outcome.passed + SPARE_EVENTS)


def skip_damaged(services: Services, read: Unfanned, error: Exception) -> None:
    """Let a workspace whose keys are damaged wait for its next event; it must stop no other."""
    damaged.note_refusal(services.db, keys.inbox(read.workspace, read.kind), error)
    services.db.srem(keys.FANOUT_OWED, raw(f"{read.workspace} {read.kind}"))


def fan_out(
    services: Services, read: Unfanned, hooks: Sequence[Hook], capacity: DrainCapacity = NO_DRAIN
) -> FanOut:
    """The call that owes the first of these events to the hooks that want them.

    It leases to the drain what `capacity` has room for.
    """
    workspace, kind = read.workspace, read.kind
    entries = list(inbox.readable(services, keys.inbox(workspace, kind), read.rows))
    portion = _portion(services, hooks, entries, capacity.room or LARGEST_STEP)
    whole = len(portion) == len(entries)
    # Behind an event that could not be read as well.
    last = read.rows[-1][0] if whole and read.rows else portion[-1][0].position if portion else ""
    deliveries: list[NewDelivery] = []
    events: list[list[str]] = []
    for entry, wanting in portion:
        events.append([entry.position, entry.event["id"]])
        for hook in wanting:
            made = delivery_id(hook.id, entry.event["id"])
            deliveries.append(NewDelivery(made, hook, entry))
            events[-1] += (made, hook.id)
    call = _call(read, last or read.position or inbox.START, capacity, events)
    return FanOut(call, deliveries, read.inbox)


def _call(
    read: Unfanned, last: str, capacity: DrainCapacity, events: Sequence[Sequence[str]]
) -> ScriptCall:
    workspace, kind = read.workspace, read.kind
    return FAN_OUT(
        fanout_position=keys.fanout_position(workspace, kind),
        inbox=keys.inbox(workspace, kind),
        hooks_revision=keys.hooks_revision(workspace),
        owed=keys.owed(workspace),
        wake=keys.WAKE,
        position=read.position,
        last=last,
        revision=read.revision,
        member=f"{workspace} {kind}",
        wall=wall_ms(),
        log_length=lifetimes.DELIVERIES_KEPT,
        workspace=workspace,
        # One argument for all: the client packs each by itself, which costs more.
        events=raw(json.dumps(events, ensure_ascii=False)),
        **leasing(capacity),
    )


def _portion(
    services: Services, hooks: Sequence[Hook], entries: Iterable[Entry], most: int
) -> list[tuple[Entry, list[Hook]]]:
    """The first entries whose deliveries one call can carry, at least one, with their hooks."""
    portion: list[tuple[Entry, list[Hook]]] = []
    count = 0
    for entry in entries:
        wanting = list(_wanting(services, hooks, entry))
        count += len(wanting)
        if portion and count > min(most, LARGEST_STEP):
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
