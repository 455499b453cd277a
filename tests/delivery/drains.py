"""A drain played step by step against the store: messages received, hooks subscribed, claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from integration.accounts.connections import Connection
from integration.delivery import drain_step, fanout
from integration.delivery.attempt import Attempt
from integration.delivery.records import Claimed, Ended, Room, Unfanned
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.inbound.commit import commit
from integration.kernel.events import MESSAGE, InboundMessage
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from proofs.rig.fan_out import fan_out_all

WORKSPACE = "w"
TARGET = "https://93.184.216.34/hook"
OTHER = "https://93.184.216.34:444/other"
PER_HOOK, PER_HOST = 16, 50
"""Posts in flight at most: of a hook, and of a workspace at one host without those that hang."""


def subscribe(own: Services, target: str = TARGET, *, new: bool = False, **filters: str) -> Hook:
    """A hook that has taken one post, if it is not to be `new`."""
    hook, _ = subscriptions.subscribe(
        own, WORKSPACE, trigger="inbound_sms", target_url=target, filters=filters
    )
    if not new:
        own.db.hset(keys.hook(hook.id), "window", 2)
    return hook


def claim(own: Services, token: str = "t") -> list[str]:
    """Claim as a drain does whose lease is over at once."""
    reply = drain_step.call(token, Room(100, 100), lease_ms=0).run(own.db)
    return [each.id for each in drain_step.result(reply).claimed]


def played(
    own: Services,
    token: str,
    over: Sequence[Ended] = (),
    room: int = 100,
    hanging: Sequence[Claimed] = (),
    hanging_room: int = 100,
) -> list[Claimed]:
    """One step of a drain that lives; what it claimed."""
    names = [each.id for each in hanging]
    call = drain_step.call(token, Room(room, hanging_room), over, names)
    return drain_step.result(call.run(own.db)).claimed


def ended(
    claimed: Claimed,
    status: int,
    retry_after: str | None = None,
    took: int = 40,
    answer: bytes = b"",
) -> Ended:
    attempt = Attempt(
        at_ms=wall_ms(),
        status=status,
        detail="A test.",
        took_ms=took,
        retry_after=retry_after,
        answer=answer,
    )
    return drain_step.ended(claimed, attempt)


def widen(own: Services, *hooks: Hook) -> None:
    """As if these hooks had taken many posts in a row."""
    for hook in hooks:
        own.db.hset(keys.hook(hook.id), "window", PER_HOOK)


def look_again(own: Services) -> None:
    """As if the time had passed after which waiting hooks are looked at again."""
    own.db.zadd(keys.HOOKS_DUE, dict.fromkeys(own.db.zrange(keys.HOOKS_DUE, 0, -1), 0))


def wait_over(own: Services, hook: Hook) -> None:
    """As if the time had passed that a busy target asked for."""
    own.db.hset(keys.hook(hook.id), "wait_until", 1)
    look_again(own)


def busy(own: Services) -> dict[str, str]:
    return dict(own.db.hgetall(keys.BUSY))


def unfanned(own: Services) -> list[Unfanned]:
    rows = fanout.read_unfanned().run(own.db)
    return [each for each in map(fanout.unfanned, rows) if each.kind == MESSAGE]


def owe(own: Services, connection: Connection, count: int) -> None:
    receive(own, connection, *(f"text {number}" for number in range(count)))
    fan_out_all(own)


def receive(own: Services, connection: Connection, *texts: str) -> list[str]:
    """Commit messages as a webhook would; returns their ids."""
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    found = [
        InboundMessage(provider_id=text, phone="+14155550123", message=text, received_at=at)
        for text in texts
    ]
    return commit(own, connection, found, "webhook")
