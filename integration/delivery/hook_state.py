"""The state of a hook: what it is doing, how its day went, when the next attempt is made."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from redis.exceptions import ResponseError

from integration.delivery import attempt, hours, standing
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.kernel import times
from integration.outbound import addresses
from integration.services import Services
from integration.store import keys
from integration.store.clock import as_wall, now_ms

FACTS = ("failing_since", "last", "wait_until", "refusals", "dropped")
RETRY = "The last attempt failed; this is its next retry."
DUE = "A delivery is due; it goes once those in flight have ended."


def shown(services: Services, hooks: Sequence[Hook], *, with_secret: bool) -> list[dict[str, Any]]:
    """The hooks as the API shows them, with their state."""
    with services.db.pipeline(transaction=False) as pipe:
        for hook in hooks:
            pipe.hmget(keys.hook(hook.id), FACTS)
            pipe.zrange(keys.hook_due(hook.id), 0, 0, withscores=True)
            pipe.zcard(keys.hook_due(hook.id))
            pipe.hgetall(keys.hook_hours(hook.id))
            pipe.exists(keys.connection(hook.filters.get("connection", "")))
        # A reply in whose place there is an error belongs to a damaged key, which says nothing.
        replies = pipe.execute(raise_on_error=False)
    found = zip(hooks, *(replies[place::5] for place in range(5)), strict=True)
    return [
        subscriptions.shown(hook, with_secret=with_secret)
        | _state(hook, _wrong(services, hook, there), *_sound(facts, first, waiting))
        | {"last_day": hours.last_day({} if isinstance(day, ResponseError) else day)}
        for hook, facts, first, waiting, day, there in found
    ]


def one(services: Services, hook: Hook, *, with_secret: bool = False) -> dict[str, Any]:
    return shown(services, [hook], with_secret=with_secret)[0]


def _sound(facts: Any, first: Any, waiting: Any) -> tuple[dict[str, str], float | None, int]:
    if any(isinstance(each, ResponseError) for each in (facts, first, waiting)):
        return {}, None, 0
    known = {name: value for name, value in zip(FACTS, facts, strict=True) if value}
    return known, first[0][1] if first else None, waiting


def _wrong(services: Services, hook: Hook, there: Any) -> str:
    """Why no attempt can succeed, or none is made, so that a hook says it before its first event.
    With `there` 0, the connection that its filters name is gone."""
    if "connection" in hook.filters and there == 0:
        return standing.REMOVED
    found = attempt.target(hook.target_url)
    if found is None:
        return attempt.NO_TARGET
    if services.settings.allow_private_targets or not addresses.forbidden_literal(found.place.host):
        return ""
    return addresses.NOT_PUBLIC


def _state(
    hook: Hook, wrong: str, facts: Mapping[str, str], due: float | None, waiting: int
) -> dict[str, Any]:
    stands = standing.standing(
        {**facts, "status": hook.status, "status_detail": hook.status_detail}
    )
    if wrong and stands.state != standing.PAUSED:
        stands = replace(stands, state=standing.FAILING, detail=wrong)
    wait_until, now = standing.number(facts.get("wait_until")) or 0, now_ms()
    at = None if due is None or hook.status != subscriptions.ACTIVE else max(due, wait_until, now)
    why = standing.ASKED if wait_until > now else RETRY if at and at > now else DUE
    return {
        "state": stands.state,
        "state_detail": stands.detail,
        "failing_since": times.from_ms(as_wall(stands.since_ms)) if stands.since_ms else None,
        "last_outcome": standing.outcome(facts.get("last")),
        "next_attempt_at": times.from_ms(as_wall(int(at))) if at else None,
        "next_attempt_detail": why if at else "",
        "waiting": waiting,
        "dropped": standing.number(facts.get("dropped")) or 0,
    }
