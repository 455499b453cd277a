"""Fan-out: from an event in the inbox to a delivery owed to each hook that wants it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from redis.exceptions import ResponseError

from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.inbound import inbox
from integration.inbound.inbox import Entry
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.client import Script, raw
from integration.store.clock import now_ms, wall_ms

LOOK = Script(__file__, "skip_damaged", "read_unfanned", "list_unfanned")
FAN_OUT = Script(__file__, "skip_damaged", "count_busy", "take_lease", "record_owed", "fan_out")
REPLAY = Script(__file__, "skip_damaged", "record_owed", "replay")
BATCH = 100
"""Events of one step; the step is one script call, which must stay short."""
SPARE_STRETCH = 2
"""Events that a look takes in beyond as many as the last step went through."""
LARGEST_STEP = 1_000
"""Deliveries of one script call, bounded by what Lua can unpack and Redis should block for."""
INBOXES = 8
"""Inboxes with events not yet fanned out that one look takes in."""
FRESH_SECONDS, LISTINGS_KEPT = 5.0, 1_000
"""How long what was read of a workspace's hooks serves at most, and of how many workspaces."""
UNREADABLE = (ResponseError, *damaged.NONSENSE)
"""What a workspace raises whose keys somebody else has written."""
Owed = tuple[Hook, Entry, str]
"""A hook, the entry that it wants, and the event's id."""
Call = tuple[list[str], list[Any]]
"""Keys and arguments of one script call."""
PER_HOOK, PER_HOST = 16, 50
"""How many deliveries all drains together have under way for one hook and one host: a target that
hangs holds its share and no more."""


Inbox: TypeAlias = tuple[str, str]
"""Workspace and kind of its events."""


class Taker(NamedTuple):
    """A drain that would take new deliveries at once, and how many it has room for."""

    token: str
    room: int


NOBODY = Taker("", 0)


class Wanted(NamedTuple):
    """A delivery that is not owed yet."""

    id: str
    hook: Hook
    entry: Entry


class Step(NamedTuple):
    """FAN_OUT's call for some events, and the deliveries in it, in their order."""

    call: Call
    wanted: list[Wanted]
    inbox: Inbox


class Seen(NamedTuple):
    """An inbox with events that were not fanned out yet: the position of its fan-out ("" before
    the first), the revision of its workspace's hooks, and the first of these events, as read."""

    workspace: str
    kind: str
    position: str
    revision: str
    rows: list[tuple[str, dict[str, str]]]

    @property
    def inbox(self) -> Inbox:
        return self.workspace, self.kind


def seen(row: Any) -> Seen:
    member, position, revision, rows = row
    workspace, _, kind = member.rpartition(" ")
    read = [(place, dict(zip(some[::2], some[1::2], strict=False))) for place, some in rows]
    return Seen(workspace, kind, position, revision, read)


class Listings:
    """The hooks of workspaces by the kind of event they listen to, read anew where the revision
    says so. FAN_OUT compares the revision in its own step, so none is passed over."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[str, tuple[str, float, dict[str, list[Hook]]]] = {}

    def known(self, owed: Seen) -> list[Hook] | None:
        """None where they have to be read."""
        revision, at, by_kind = self._known.get(owed.workspace, ("", 0.0, {}))
        if at == 0 or revision != owed.revision or time.monotonic() - at > FRESH_SECONDS:
            return None
        return by_kind.get(owed.kind, [])

    def read(self, owed: Seen) -> list[Hook]:
        by_kind: dict[str, list[Hook]] = {}
        for hook in subscriptions.listed(self._services, owed.workspace):
            kind = self._services.catalog.trigger(hook.trigger).kind
            by_kind.setdefault(kind, []).append(hook)
        if len(self._known) >= LISTINGS_KEPT:
            self._known.clear()
        self._known[owed.workspace] = (owed.revision, time.monotonic(), by_kind)
        return by_kind.get(owed.kind, [])


def looking(inboxes: int = INBOXES, entries: int = BATCH) -> Call:
    """Keys and arguments of LOOK at so many inboxes, and so many events of each."""
    slots = [keys.FANOUT_OWED, keys.BROKEN]
    return slots, [now_ms(), keys.WORKSPACE_PREFIX, inboxes, entries]


def run(services: Services, listings: Listings | None = None) -> int:
    """Fan out everything that is owed; gives back the number of deliveries made."""
    made, listings = 0, listings or Listings(services)
    while rows := LOOK.run(services.db, *looking()):
        for owed in map(seen, rows):
            try:
                subscribed = listings.known(owed)
                if subscribed is None:
                    subscribed = listings.read(owed)
                call = step(services, owed, subscribed).call
                made += max(0, FAN_OUT.run(services.db, *call)[0])
            except UNREADABLE as error:
                pass_over(services, owed, error)
    return made


def next_stretch(stretch: int, owed: Seen, made: int, done: int) -> int:
    """How many events the next look should take in, after one of `stretch`, of which FAN_OUT went
    through `done`: what is looked at beyond that is read in vain."""
    if made < 0:
        return stretch
    return min(BATCH, 2 * stretch if done >= len(owed.rows) else done + SPARE_STRETCH)


def pass_over(services: Services, owed: Seen, error: Exception) -> None:
    """A workspace whose keys are broken waits for its next event: it must not stop the others."""
    damaged.note_refusal(services.db, keys.inbox(owed.workspace, owed.kind), error)
    services.db.srem(keys.FANOUT_OWED, raw(f"{owed.workspace} {owed.kind}"))


def step(services: Services, owed: Seen, subscribed: Sequence[Hook], taker: Taker = NOBODY) -> Step:
    """The call that owes the first of these events to whom wants them, and gives `taker` what it
    has room for."""
    workspace, kind = owed.workspace, owed.kind
    entries = list(inbox.readable(services, keys.inbox(workspace, kind), owed.rows))
    taken = _portion(services, subscribed, entries, taker.room or LARGEST_STEP)
    whole = len(taken) == len(entries)
    # What could not be read lies behind us as well.
    end = owed.rows[-1][0] if whole and owed.rows else taken[-1][0].position if taken else ""
    wanted: list[Wanted] = []
    told: list[list[str]] = []
    for entry, wanting in taken:
        told.append([entry.position, entry.event["id"]])
        for hook in wanting:
            made = delivery_id(hook.id, entry.event["id"])
            wanted.append(Wanted(made, hook, entry))
            told[-1] += (made, hook.id)
    args: list[Any] = [owed.position, end or owed.position or inbox.START, owed.revision]
    args += [f"{workspace} {kind}", *taker, PER_HOOK, PER_HOST]
    args += [now_ms(), wall_ms(), lifetimes.DELIVERY_SECONDS, lifetimes.DELIVERIES_KEPT, workspace]
    args += [keys.host.prefix, keys.hook.prefix, keys.delivery.prefix]
    args.append(raw(json.dumps(told, ensure_ascii=False)))
    return Step((_slots(workspace, kind), args), wanted, owed.inbox)


def _slots(workspace: str, kind: str) -> list[str]:
    slots = [keys.fanout_position(workspace, kind), keys.inbox(workspace, kind)]
    slots += [keys.hooks_revision(workspace), keys.FANOUT_OWED, keys.HOOKS_DUE]
    slots += [keys.owed(workspace), keys.WAKE, keys.BROKEN]
    return [*slots, keys.DELIVERIES_LEASED, keys.DELIVERIES_BUSY, keys.DRAINS]


def _portion(
    services: Services, subscribed: Sequence[Hook], entries: Iterable[Entry], most: int
) -> list[tuple[Entry, list[Hook]]]:
    """The first entries whose deliveries one step can carry, at least one, and who wants them."""
    taken: list[tuple[Entry, list[Hook]]] = []
    count = 0
    for entry in entries:
        wanting = list(_wanting(services, subscribed, entry))
        count += len(wanting)
        if taken and count > min(most, LARGEST_STEP):
            break
        taken.append((entry, wanting))
    return taken


def _wanting(services: Services, subscribed: Sequence[Hook], entry: Entry) -> Iterator[Hook]:
    if entry.quiet or not subscribed:
        return
    for hook in subscribed:
        trigger = services.catalog.trigger(hook.trigger)
        if inbox.order(entry.position) <= inbox.order(hook.since):
            continue
        if trigger.takes_all(hook.filters) or trigger.wants(entry.event, hook.filters):
            yield hook


def replay(services: Services, workspace: str, kind: str, wanted: Sequence[Owed]) -> int:
    """Owe these deliveries again; one that is still under way stays as it is."""
    slots = [keys.inbox(workspace, kind), keys.HOOKS_DUE, keys.owed(workspace)]
    slots += [keys.WAKE, keys.BROKEN]
    made = 0
    for first in range(0, len(wanted), LARGEST_STEP):
        part = wanted[first : first + LARGEST_STEP]
        head = [
            now_ms(),
            wall_ms(),
            lifetimes.DELIVERY_SECONDS,
            lifetimes.DELIVERIES_KEPT,
            workspace,
        ]
        told = [
            (delivery_id(hook.id, event_id), hook.id, entry.position, event_id)
            for hook, entry, event_id in part
        ]
        prefixes = [keys.hook.prefix, keys.delivery.prefix]
        made += int(REPLAY.run(services.db, slots, [*head, *prefixes, json.dumps(told)]))
    return made


def delivery_id(hook_id: str, event_id: str) -> str:
    """Follows from hook and event, so one event is one delivery however often it is owed: the first
    130 bits of a SHA-256 in base 32 (RFC 4648, lower case)."""
    number = int.from_bytes(hashlib.sha256(f"{hook_id} {event_id}".encode()).digest()[:17]) >> 6
    return "dlv_" + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]
_SHIFTS = range(120, -1, -10)
