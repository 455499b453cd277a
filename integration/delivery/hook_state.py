"""The state of a hook: since when it fails, how the last attempt ended, when the next is made."""

import json
from collections.abc import Sequence
from typing import Any

from redis.exceptions import ResponseError

from integration.delivery import attempt
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.kernel import times
from integration.services import Services
from integration.store import damaged, keys
from integration.store.clock import as_wall, now_ms

FACTS = ("failing_since", "last", "wait_until", "dropped")
BUSY = "The target asked for time, so the whole hook waits."
RETRY = "The last attempt failed; this is its next retry."
DUE = "A delivery is due; it goes once those in flight have ended."


def shown(services: Services, hooks: Sequence[Hook], *, with_secret: bool) -> list[dict[str, Any]]:
    """The hooks as the API shows them, with their state."""
    with services.db.pipeline(transaction=False) as pipe:
        for hook in hooks:
            pipe.hmget(keys.hook(hook.id), FACTS)
            pipe.zrange(keys.hook_due(hook.id), 0, 0, withscores=True)
            pipe.zcard(keys.hook_due(hook.id))
        # A reply in whose place there is an error belongs to a damaged key, which says nothing.
        replies = pipe.execute(raise_on_error=False)
    found = zip(hooks, replies[::3], replies[1::3], replies[2::3], strict=True)
    return [
        subscriptions.shown(hook, with_secret=with_secret) | _state(hook, *_sound(*facts))
        for hook, *facts in found
    ]


def one(services: Services, hook: Hook, *, with_secret: bool = False) -> dict[str, Any]:
    return shown(services, [hook], with_secret=with_secret)[0]


def _sound(facts: Any, first: Any, waiting: Any) -> tuple[dict[str, str], float | None, int]:
    if any(isinstance(each, ResponseError) for each in (facts, first, waiting)):
        return {}, None, 0
    known = {name: value for name, value in zip(FACTS, facts, strict=True) if value}
    return known, first[0][1] if first else None, waiting


def _state(hook: Hook, facts: dict[str, str], due: float | None, waiting: int) -> dict[str, Any]:
    wait_until, now = _number(facts.get("wait_until")) or 0, now_ms()
    failing, busy = _number(facts.get("failing_since")), wait_until > now
    at = None if due is None or hook.status != subscriptions.ACTIVE else max(due, wait_until, now)
    why = BUSY if busy else RETRY if at and at > now else DUE
    return {
        "failing_since": times.from_ms(as_wall(failing)) if failing else None,
        "last_outcome": _outcome(facts.get("last")),
        "next_attempt_at": times.from_ms(as_wall(int(at))) if at else None,
        "next_attempt_detail": why if at else "",
        "waiting": waiting,
        "dropped": _number(facts.get("dropped")) or 0,
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 16 else None


def _outcome(kept: str | None) -> dict[str, Any] | None:
    """The last attempt; None before the first, and where its record says nonsense."""
    try:
        return attempt.shown(json.loads(kept)) if kept else None
    except damaged.NONSENSE:
        return None
