"""Deliveries: the log of what hooks were owed, and one with all that is known of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from integration.delivery import answers, attempt, delivery_state, signing
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.inbound import inbox
from integration.inbound.inbox import Entry
from integration.kernel import times
from integration.kernel.errors import NotFound
from integration.kernel.withheld import emptied_event
from integration.services import Services
from integration.store import damaged, keys


def get(services: Services, workspace: str, delivery_id: str) -> dict[str, str]:
    [record] = records(services, [delivery_id])
    if record.get("workspace") != workspace:
        raise NotFound("There is no delivery with this id in this workspace.")
    return record


def records(services: Services, ids: Sequence[str]) -> list[dict[str, str]]:
    """The records of these, each {} where it is gone, with what delivery_state.py reads of others.

    A claim writes nothing into them, nor does a pause or a wait of their hook."""
    found = damaged.hashes(services.db, [keys.delivery(each) for each in ids])
    held = services.db.hmget(keys.LEASED, ids) if ids else []
    names = list({each["hook"]: None for each in found if each.get("hook")})
    hooks = damaged.hashes(services.db, [keys.hook(each) for each in names])
    around = dict(zip(names, map(_of_hook, hooks), strict=True))
    return [
        record | around.get(record.get("hook", ""), {}) | {delivery_state.HELD: holder or ""}
        if record
        else record
        for record, holder in zip(found, held, strict=True)
    ]


def _of_hook(record: Mapping[str, str]) -> dict[str, str]:
    wait_until = record.get("wait_until", "")
    return {
        delivery_state.HOOK_STATUS: record.get("status", ""),
        delivery_state.WAIT_UNTIL: wait_until if wait_until.isdecimal() else "0",
    }


def several(services: Services, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Those of these deliveries that are kept, as the API shows them."""
    rows = [readable(services, record) for record in records(services, ids) if record]
    return [row for row in rows if row]


def readable(services: Services, record: Mapping[str, str]) -> dict[str, Any] | None:
    """The delivery as the API shows it; None for a damaged record, which is noted."""
    try:
        return shown(record)
    except damaged.NONSENSE as error:
        damaged.note(services.db, keys.delivery(record.get("id", "?")), type(error).__name__)
        return None


def shown(record: Mapping[str, str]) -> dict[str, Any]:
    due = delivery_state.next_ms(record)
    return {
        "id": record["id"],
        "hook_id": record["hook"],
        "event_id": record["event"],
        "status": delivery_state.status(record),
        "state": delivery_state.state(record),
        "state_detail": delivery_state.detail(record),
        "tries": int(record.get("tries", 0)),
        "attempts": delivery_state.attempts(record),
        "next_attempt_at": None if due is None else times.from_ms(due),
        "created_at": times.from_ms(int(record["created_ms"])),
    }


def whole(services: Services, record: Mapping[str, str], *, texts: bool) -> dict[str, Any]:
    """The delivery with its request, and with what the target answered.

    A reader without `texts` sees no answer: a target may repeat what it was sent."""
    hook, told = subscriptions.by_id(services, record["hook"]), shown(record)
    names = answers.named_in(record.get("attempts", ""))
    kept = answers.read(services.db, record["hook"], names) if texts else {}
    for each, name in zip(told["attempts"], names, strict=True):
        each["answer"] = kept.get(name)
    return told | {"request": _request(hook, record, entry(services, record), texts=texts)}


def entry(services: Services, record: Mapping[str, str]) -> Entry | None:
    """The event of a delivery, None where it has left the inbox."""
    if record.get("body"):
        return Entry(record["position"], record["body"], {}, False)
    return inbox.at(services, record["inbox"], record["position"])


def _request(
    hook: Hook | None, record: Mapping[str, str], event: Entry | None, *, texts: bool
) -> dict[str, Any]:
    """What each attempt posts to the hook's target of today; time and signature are each one's
    own."""
    is_shown = texts and (hook is None or hook.texts)
    body = None
    if event:
        body = event.json if is_shown else emptied_event(event.json).decode()
    return {
        "method": "POST",
        "url": hook.target_url if hook else None,
        "headers": {**attempt.FIXED, **signing.FIXED, signing.ID: record["id"]},
        "body": body,
    }
