"""Deliveries: the log of what hooks were owed, and doing it again."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from integration.delivery import attempt, fanout
from integration.delivery.records import delivery_id as id_of
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.inbound import inbox
from integration.inbound.inbox import Entry
from integration.kernel import times
from integration.kernel.errors import Conflict, NotFound
from integration.services import Services
from integration.store import damaged, keys
from integration.store.clock import as_wall, now_ms, wall_ms
from integration.store.script import script

Again = tuple[Hook, Entry, str]
"""A hook, the entry to send to it again, and the event's id."""


@script("skip_damaged", "hasten")
def HASTEN(*, hook: str, id: str, now: int) -> None:
    """Make a delivery due now that waits; a drain reads the wake list."""


def get(services: Services, workspace: str, delivery_id: str) -> dict[str, str]:
    [record] = _records(services, [delivery_id])
    if record.get("workspace") != workspace:
        raise NotFound("There is no delivery with this id in this workspace.")
    return record


def _records(services: Services, ids: Sequence[str]) -> list[dict[str, str]]:
    """The records of these; one that a drain has under way says so only here: a claim writes
    nothing into it."""
    records = damaged.hashes(services.db, [keys.delivery(each) for each in ids])
    held = services.db.hmget(keys.LEASED, ids) if ids else []
    waits = {name: _wait_until(services, name) for name in {each.get("hook") for each in records}}
    return [
        record
        | {"wait_until": waits[record.get("hook")]}
        | ({"status": "sending"} if holder and record.get("status") == "queued" else {})
        if record
        else record
        for record, holder in zip(records, held, strict=True)
    ]


def _wait_until(services: Services, hook_id: str | None) -> str:
    """Until when the hook's target asked for time, as text (ms)."""
    [record] = damaged.hashes(services.db, [keys.hook(hook_id or "")])
    wait_until = record.get("wait_until", "")
    return wait_until if wait_until.isdecimal() else "0"


def listed(
    services: Services, hook: Hook, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int | None]:
    """One page of the hook's log, newest first, and the offset of the next page if any."""
    ids = services.db.zrevrange(keys.hook_log(hook.id), offset, offset + limit)
    return several(services, ids[:limit]), offset + limit if len(ids) > limit else None


def several(services: Services, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Those of these deliveries that are kept, as the API shows them."""
    rows = [_readable(services, record) for record in _records(services, ids) if record]
    return [row for row in rows if row]


def _readable(services: Services, record: dict[str, str]) -> dict[str, Any] | None:
    try:
        return shown(record)
    except damaged.NONSENSE as error:
        damaged.note(services.db, keys.delivery(record.get("id", "?")), type(error).__name__)
        return None


def shown(record: dict[str, str]) -> dict[str, Any]:
    waiting = record["status"] == "queued"
    due = max(int(record.get("due_ms", record["created_ms"])), int(record.get("wait_until", 0)))
    return {
        "id": record["id"],
        "hook_id": record["hook"],
        "event_id": record["event"],
        "status": record["status"],
        "tries": int(record.get("tries", 0)),
        "attempts": [attempt.shown(each) for each in json.loads(f"[{record.get('attempts', '')}]")],
        "next_attempt_at": times.from_ms(as_wall(due)) if waiting else None,
        "created_at": times.from_ms(int(record["created_ms"])),
    }


def again(services: Services, workspace: str, record: dict[str, str]) -> dict[str, Any]:
    """Owe one delivery again, under the same webhook-id; one that waits is due now."""
    hook = subscriptions.get(services, workspace, record["hook"])
    entry = _entry(services, record)
    if entry is None:
        raise Conflict("The event of this delivery has left the inbox; it cannot be sent again.")
    kind = services.catalog.trigger(hook.trigger).kind
    owed = replay(services, workspace, kind, [(hook, entry, record["event"])])
    if not owed and not HASTEN(hook=hook.id, id=record["id"], now=now_ms()).run(services.db):
        raise Conflict("This delivery is still under way; wait for its outcome.")
    return shown(get(services, workspace, record["id"]))


def since(services: Services, hook: Hook, *, at_ms: int | None, event_id: str | None) -> int:
    """Owe everything again that came since a time or an event (itself included); the count."""
    trigger = services.catalog.trigger(hook.trigger)
    start = f"{at_ms}-0" if at_ms is not None else _position_of(services, hook, event_id or "")
    after = inbox.after(services, hook.workspace, trigger.kind, _just_before(start))
    wanted = [
        (hook, entry, entry.event["id"])
        for entry in after
        if trigger.wants(entry.event, hook.filters)
    ]
    return replay(services, hook.workspace, trigger.kind, wanted)


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
    return get(services, hook.workspace, delivery_id)


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


def _entry(services: Services, record: dict[str, str]) -> Entry | None:
    if record.get("body"):
        return Entry(record["position"], record["body"], {}, False)
    return inbox.at(services, record["inbox"], record["position"])


def _position_of(services: Services, hook: Hook, event_id: str) -> str:
    kind = services.catalog.trigger(hook.trigger).kind
    entries: Iterable[Entry] = inbox.backwards(services, hook.workspace, kind)
    for entry in entries:
        if entry.event["id"] == event_id:
            return entry.position
    raise NotFound("There is no event with this id in the inbox any more.")


def _just_before(position: str) -> str:
    time, count = inbox.order(position)
    return f"{time}-{count - 1}" if count else f"{max(0, time - 1)}-{2**63 - 1}"
