"""Again: a hook's deliveries sent once more, at once, or for a test."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from integration.delivery import fanout, log
from integration.delivery.records import delivery_id as id_of
from integration.delivery.retry_schedule import DEAD, QUEUED
from integration.hooks import subscriptions, waiting
from integration.hooks.record import Hook
from integration.inbound import inbox
from integration.inbound.inbox import Entry
from integration.kernel import times
from integration.kernel.errors import Conflict, NotFound
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms

STEP = 500
"""Deliveries that one trip to the store looks at."""
SAMPLED = 1_000
"""Events among which a test looks for one that its hook wants."""
T = TypeVar("T")
Again = tuple[Hook, Entry, str]
"""A hook, the entry to send to it again, and the event's id."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A span of time (`wall_ms`), both ends included; `event_id` begins it where that is given."""

    since_ms: int = 0
    until_ms: int | None = None
    event_id: str = ""

    def reaches(self, position: str) -> bool:
        """Whether it ends with this position or behind it."""
        at, _ = inbox.order(position)
        return self.until_ms is None or at <= self.until_ms


def again(services: Services, workspace: str, record: dict[str, str]) -> dict[str, Any]:
    """Owe one delivery again, under the same webhook-id; one that waits is due now."""
    hook = subscriptions.get(services, workspace, record["hook"])
    entry = log.entry(services, record)
    if entry is None:
        raise Conflict("The event of this delivery has left the inbox; it cannot be sent again.")
    kind = services.catalog.trigger(hook.trigger).kind
    owed = replay(services, workspace, kind, [(hook, entry, record["event"])])
    if not owed and not waiting.hasten(services, hook.id, [record["id"]], ends_wait=False):
        raise Conflict("This delivery is still under way; wait for its outcome.")
    return log.shown(log.get(services, workspace, record["id"]))


def now(services: Services, hook: Hook) -> int:
    """Send at once what waits for this hook, also where its target asked for time; the count."""
    if hook.status != subscriptions.ACTIVE:
        raise Conflict("The hook is paused: resume it, and what waits is sent.")
    ids = services.db.zrange(keys.hook_due(hook.id), 0, -1)
    return waiting.hasten(services, hook.id, ids, ends_wait=True)


def since(services: Services, hook: Hook, span: Span) -> list[Again]:
    """What this hook wants of what came in that span, without what it is owed already."""
    trigger, start = services.catalog.trigger(hook.trigger), _start(services, hook, span)
    until = inbox.END if span.until_ms is None else str(span.until_ms)
    found = inbox.after(services, hook.workspace, trigger.kind, _just_before(start), until)
    wanted = [
        (hook, entry, entry.event["id"])
        for entry in found
        if _came(entry, start, span) and trigger.wants(entry.event, hook.filters)
    ]
    statuses = _facts(services, [id_of(hook.id, event_id) for *_, event_id in wanted], "status")
    return [each for each, [status] in zip(wanted, statuses, strict=True) if status != QUEUED]


def dead(services: Services, hook: Hook, span: Span) -> list[Again]:
    """What of that span ended without being taken, and whose event is there still."""
    start = inbox.order(_start(services, hook, span))
    ids = services.db.zrange(keys.hook_dead(hook.id), 0, -1)
    facts = _facts(services, ids, "status", "event", "inbox", "position", "body")
    found = [
        each[1:]
        for each in facts
        if each[0] == DEAD and each[2]
        if start <= inbox.order(each[3]) and span.reaches(each[3])
    ]
    there = _asked(services, found, lambda pipe, each: pipe.xrange(each[1], each[2], each[2]))
    return [
        (hook, Entry(position, "", {}, False), event)
        for (event, _, position, body), rows in zip(found, there, strict=True)
        if body or rows
    ]


def _start(services: Services, hook: Hook, span: Span) -> str:
    """The position with which the span begins."""
    if span.event_id:
        return _position_of(services, hook, span.event_id)
    return f"{span.since_ms}-0"


def _facts(services: Services, ids: Sequence[str], *names: str) -> list[list[Any]]:
    """These fields of the records of deliveries."""
    return _asked(services, ids, lambda pipe, each: pipe.hmget(keys.delivery(each), *names))


def _asked(services: Services, items: Sequence[T], ask: Callable[[Any, T], Any]) -> list[Any]:
    """What the store answers to one command for each of these."""
    found: list[Any] = []
    for first in range(0, len(items), STEP):
        with services.db.pipeline(transaction=False) as pipe:
            for each in items[first : first + STEP]:
                ask(pipe, each)
            found += pipe.execute()
    return found


def sample(services: Services, hook: Hook) -> str:
    """The newest event that this hook wants, or else its trigger's sample, as JSON. A target may be
    somebody who is to see no others."""
    trigger = services.catalog.trigger(hook.trigger)
    newest = islice(inbox.backwards(services, hook.workspace, trigger.kind), SAMPLED)
    wanted = (
        each.json for each in newest if not each.added and trigger.wants(each.event, hook.filters)
    )
    return next(wanted, None) or json.dumps(dict(trigger.sample), ensure_ascii=False)


def test(services: Services, hook: Hook, body: str) -> dict[str, Any]:
    """Owe the hook one sample, under an id of its own, so that it passes as a new event."""
    now = wall_ms()
    sample_id = f"test_{now}"
    entry = Entry(f"{now}-0", body, {}, False)
    kind = services.catalog.trigger(hook.trigger).kind
    delivery_id = id_of(hook.id, sample_id)
    key = keys.delivery(delivery_id)
    with services.db.pipeline(transaction=True) as pipe:
        pipe.hset(key, "body", body)
        pipe.expire(key, services.settings.keep_seconds)
        pipe.execute()
    replay(services, hook.workspace, kind, [(hook, entry, sample_id)])
    return log.get(services, hook.workspace, delivery_id)


def replay(services: Services, workspace: str, kind: str, wanted: Sequence[Again]) -> int:
    """Owe these deliveries again, and return how many are owed; one in flight stays as it is. Each
    waits for its claim like a new one."""
    made = 0
    for first in range(0, len(wanted), fanout.LARGEST_STEP):
        events = [
            (entry.position, event_id, id_of(hook.id, event_id), hook.id)
            for hook, entry, event_id in wanted[first : first + fanout.LARGEST_STEP]
        ]
        made += int(fanout.owe(services, workspace, kind, events).run(services.db))
    return made


def _position_of(services: Services, hook: Hook, event_id: str) -> str:
    kind = services.catalog.trigger(hook.trigger).kind
    entries: Iterable[Entry] = inbox.backwards(services, hook.workspace, kind)
    for entry in entries:
        if entry.event["id"] == event_id:
            return entry.position
    raise NotFound("There is no event with this id in the inbox any more.")


def _came(entry: Entry, start: str, span: Span) -> bool:
    """Whether an entry between both ends of the span came then. An account's history came before it
    was read, mostly by years."""
    if not entry.quiet:
        return True
    at = entry.event.get("received_at")
    if not isinstance(at, str):
        return False
    ms = max(0, int(times.parse_strict(at).timestamp() * 1000))
    return inbox.order(start) <= (ms, 0) and span.reaches(f"{ms}-0")


def _just_before(position: str) -> str:
    time, count = inbox.order(position)
    return f"{time}-{count - 1}" if count else f"{max(0, time - 1)}-{2**63 - 1}"
