"""Fan-out: from an event in the inbox to a delivery owed to each hook that wants it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from redis.exceptions import ResponseError

from integration import broken, keys
from integration.clock import now_ms, wall_ms
from integration.events import hooks, inbox
from integration.events.hook_record import Hook
from integration.events.inbox import Entry
from integration.services import Services
from integration.store import Script

FAN_OUT = Script(__file__, "guard", "owe", "fan_out")
REPLAY = Script(__file__, "guard", "owe", "replay")
BATCH = 100
"""Events of one step; the step is one script call, which must stay short."""
LARGEST_STEP = 1_000
"""Deliveries of one script call, bounded by what Lua can unpack and Redis should block for."""
Owed = tuple[Hook, Entry, str]
"""A hook, the entry that it wants, and the event's id."""


def run(services: Services) -> int:
    """Fan out everything that is owed; gives back the number of deliveries made. A workspace whose
    keys are broken is passed over until its next event, since it must not stop the others."""
    made = 0
    for member in services.db.smembers(keys.FANOUT_OWED):
        workspace, _, kind = member.partition(" ")
        try:
            made += _run_workspace(services, workspace, kind)
        except ResponseError as error:
            broken.note_refusal(services.db, keys.inbox(workspace, kind), error)
            services.db.srem(keys.FANOUT_OWED, member)
    return made


def _run_workspace(services: Services, workspace: str, kind: str) -> int:
    subscribed = [
        hook
        for hook in hooks.listed(services, workspace)
        if services.catalog.trigger(hook.trigger).kind == kind
    ]
    made = 0
    while True:
        position = services.db.get(keys.fanout_position(workspace, kind)) or ""
        start = position or inbox.START
        entries = list(islice(inbox.after(services, workspace, kind, start), BATCH))
        taken, wanted = _portion(services, subscribed, entries)
        end = taken[-1].position if taken else start
        result = _step(services, workspace, kind, (position, end), wanted)
        made += max(0, result)
        if result < 0 or len(taken) == len(entries) < BATCH:
            return made


def _portion(
    services: Services, subscribed: Sequence[Hook], entries: Iterable[Entry]
) -> tuple[list[Entry], list[Owed]]:
    """The first entries whose deliveries one step can carry, at least one, and these."""
    taken: list[Entry] = []
    wanted: list[Owed] = []
    for entry in entries:
        more = list(_wanted(services, subscribed, entry))
        if taken and len(wanted) + len(more) > LARGEST_STEP:
            break
        taken.append(entry)
        wanted += more
    return taken, wanted


def _wanted(services: Services, subscribed: Sequence[Hook], entry: Entry) -> Iterator[Owed]:
    if entry.quiet or not subscribed:
        return
    for hook in subscribed:
        trigger = services.catalog.trigger(hook.trigger)
        if not _later(entry.position, hook.since):
            continue
        if trigger.takes_all(hook.filters) or trigger.wants(entry.event, hook.filters):
            yield hook, entry, entry.event["id"]


def _step(
    services: Services,
    workspace: str,
    kind: str,
    stretch: tuple[str, str],
    wanted: Sequence[Owed],
) -> int:
    slots = [
        keys.fanout_position(workspace, kind),
        keys.inbox(workspace, kind),
        keys.FANOUT_OWED,
        keys.HOOKS_DUE,
        keys.owed(workspace),
        keys.WAKE,
        keys.BROKEN,
    ]
    head = [*stretch, f"{workspace} {kind}", now_ms(), wall_ms(), keys.DELIVERY_SECONDS]
    args = [*head, keys.DELIVERIES_KEPT, workspace, *_arguments(wanted)]
    return int(FAN_OUT.run(services.db, slots, args))


def replay(services: Services, workspace: str, kind: str, wanted: Sequence[Owed]) -> int:
    """Owe these deliveries again; one that is still under way stays as it is."""
    slots = [keys.inbox(workspace, kind), keys.HOOKS_DUE, keys.owed(workspace)]
    slots += [keys.WAKE, keys.BROKEN]
    made = 0
    for first in range(0, len(wanted), LARGEST_STEP):
        part = wanted[first : first + LARGEST_STEP]
        head = [now_ms(), wall_ms(), keys.DELIVERY_SECONDS, keys.DELIVERIES_KEPT, workspace]
        made += int(REPLAY.run(services.db, slots, [*head, *_arguments(part)]))
    return made


def delivery_id(hook_id: str, event_id: str) -> str:
    """Follows from hook and event, so one event is one delivery however often it is owed."""
    digest = hashlib.sha256(f"{hook_id} {event_id}".encode()).digest()
    return "dlv_" + base64.b32encode(digest).decode().lower()[:26]


def _arguments(wanted: Iterable[Owed]) -> Iterator[str]:
    for hook, entry, event_id in wanted:
        each = delivery_id(hook.id, event_id)
        yield from (each, keys.delivery(each), hook.id, keys.hook_due(hook.id))
        yield from (keys.hook_log(hook.id), entry.position, event_id)


def _later(position: str, other: str) -> bool:
    return _pair(position) > _pair(other)


def _pair(position: str) -> tuple[int, int]:
    time, _, count = position.partition("-")
    return int(time), int(count or 0)
