"""Deliver: drain what hooks are owed, in groups, over one asyncio client.

One drain is one long-lived RQ job. It claims deliveries under a lease that it renews while it
lives, so a drain that dies gives its deliveries back within LEASE_MS.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

from integration import broken, keys, process, store
from integration.clock import now_ms
from integration.events import fanout, hooks, posting
from integration.events.hook_record import Hook
from integration.events.posting import Attempt, Poster, Target
from integration.services import Services
from integration.store import Script, TextStore

log = logging.getLogger(__name__)
CLAIM = Script(__file__, "guard", "claim")
FINISH = Script(__file__, "guard", "finish")
REAP = Script(__file__, "guard", "reap")
SLOTS = (keys.HOOKS_DUE, keys.DELIVERIES_LEASED, keys.BROKEN)
LEASE_MS = 8_000
RENEW_SECONDS = 2.0
IN_FLIGHT = 200
PER_HOOK, PER_HOST = 10, 50
"""Deliveries one drain has under way at once, and how many of them all drains together have for
one hook and one host: a target that hangs holds its share and no more."""
DRAIN_SECONDS = 60
STORE_SECONDS = 0.5
LOOKUPS = 64
PAUSE_AFTER_MS = 5 * keys.DAY_MS


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A delivery that this drain holds; `payload` is the event as stored, "" when it is gone."""

    id: str
    hook_id: str
    revision: str
    tries: int
    workspace: str
    payload: str


@dataclass
class Drain:
    """What one drain has under way and what it has not recorded yet."""

    services: Services
    db: TextStore
    poster: Poster
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    flying: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    ended: list[tuple[Claimed, Attempt]] = field(default_factory=list)
    known: dict[str, tuple[str, Hook | None, Target | None]] = field(default_factory=dict)
    landed: asyncio.Event = field(default_factory=asyncio.Event)
    renewed: float = field(default_factory=time.monotonic)


def drain(seconds: float = DRAIN_SECONDS) -> None:
    """Run one drain for about `seconds`, or until the process is to stop; RQ's entry point."""
    asyncio.run(_drain(process.services(), seconds))


async def _drain(services: Services, seconds: float) -> None:
    # Names are looked up on threads; with the usual six, as many hanging names would stop all.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(LOOKUPS))
    db = store.connect_async(services.settings.redis_url)
    poster = Poster(allow_private=services.settings.allow_private_targets)
    try:
        state = Drain(services=services, db=db, poster=poster)
        await _rounds(state, time.monotonic() + seconds)
    finally:
        await poster.close()
        await db.aclose()


async def _rounds(state: Drain, deadline: float) -> None:
    while True:
        try:
            if await _round(state, deadline):
                return
        except RedisError as error:
            # Ended, this drain would forget what came of its attempts, and each would be repeated.
            if process.stopping.is_set() or time.monotonic() > deadline + DRAIN_SECONDS:
                raise
            log.warning("store away: %s", type(error).__name__)
            await asyncio.sleep(STORE_SECONDS)


async def _round(state: Drain, deadline: float) -> bool:
    """Whether the drain is over."""
    if time.monotonic() - state.renewed > RENEW_SECONDS:
        await _renew(state)
        state.renewed = time.monotonic()
    await _record(state)
    ending = process.stopping.is_set() or time.monotonic() > deadline
    if ending and not state.flying:
        return True
    claimed = [] if ending else await _claim(state)
    for each in claimed:
        state.flying[each.id] = asyncio.create_task(_attempt(state, each))
    if not claimed:
        await _idle(state)
    return False


async def _idle(state: Drain) -> None:
    """Wait for an attempt to end, or for a wake-up when nothing is under way."""
    if state.flying:
        state.landed.clear()
        if not state.ended:
            await _wait(state.landed, 0.05 if len(state.flying) < IN_FLIGHT else 0.5)
        return
    await state.db.blpop([keys.WAKE], timeout=await _patience(state))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def _patience(state: Drain) -> float:
    """Seconds until the next delivery is due, within what one blocking read may take."""
    first = await state.db.zrange(keys.HOOKS_DUE, 0, 0, withscores=True)
    due = (first[0][1] - now_ms()) / 1000 if first else store.BLOCK_SECONDS
    return float(min(max(due, 0.02), store.BLOCK_SECONDS))


async def _claim(state: Drain) -> list[Claimed]:
    room = IN_FLIGHT - len(state.flying)
    if room <= 0:
        return []
    fanout.run(state.services)
    now = now_ms()
    head = [now, now + LEASE_MS, room, PER_HOOK, state.token]
    args = [*head, *_prefixes(), keys.HOST_PREFIX, PER_HOST]
    rows = await CLAIM.arun(state.db, SLOTS, args)
    return [_claimed(row) for row in rows]


def _claimed(row: list[Any]) -> Claimed:
    return Claimed(
        id=row[0],
        hook_id=row[1],
        revision=row[2],
        tries=int(row[3] or 0),
        workspace=row[4],
        payload=row[5],
    )


async def _attempt(state: Drain, claimed: Claimed) -> None:
    """One attempt; whatever comes of it ends up in `state.ended`."""
    try:
        state.ended.append((claimed, await _outcome(state, claimed)))
    except broken.NONSENSE as error:
        # Broken in a way that nobody thought of: it ends here, or it would come back for ever.
        detail = f"This delivery cannot be made ({type(error).__name__})."
        state.ended.append((claimed, Attempt.refused(detail)))
    finally:
        # Also when the store went away: a delivery still "flying" would hold its lease for ever.
        del state.flying[claimed.id]
        state.landed.set()


async def _outcome(state: Drain, claimed: Claimed) -> Attempt:
    hook, target = _hook(state, claimed)
    if not claimed.payload:
        return Attempt.refused("The event has left the inbox and cannot be sent any more.")
    if hook is None:
        return Attempt.refused("The hook was removed, or its record cannot be read.")
    if target is None:
        return Attempt.refused("The target is no web address; change it.")
    secrets_now = hooks.signing_keys(hook)
    ended: asyncio.Future[Attempt] = asyncio.get_running_loop().create_future()
    body = claimed.payload.encode()
    state.poster.post(target, secrets_now, claimed.id, body, ended.set_result)
    return await ended


def _hook(state: Drain, claimed: Claimed) -> tuple[Hook | None, Target | None]:
    """The hook and its target, read again only when it changed."""
    revision, hook, target = state.known.get(claimed.hook_id, ("", None, None))
    if revision != claimed.revision:
        hook = hooks.by_id(state.services, claimed.hook_id)
        target = posting.target(hook.target_url) if hook else None
        state.known[claimed.hook_id] = (claimed.revision, hook, target)
    return hook, target


async def _record(state: Drain) -> None:
    """Record the attempts that ended. What cannot be recorded now is kept for the next round;
    when its lease runs out first, the delivery is made again, with the same webhook-id."""
    if not state.ended:
        return
    group = state.ended[:500]
    args: list[Any] = [now_ms(), state.token, keys.SETTLED_DELIVERY_SECONDS, PAUSE_AFTER_MS]
    args += _prefixes()
    for claimed, attempt in group:
        verdict = attempt.verdict(claimed.tries + 1)
        due = now_ms() + int(verdict.delay * 1000)
        args += [claimed.id, claimed.hook_id, keys.owed(claimed.workspace)]
        args += [verdict.status, due, json.dumps(attempt.shown(), ensure_ascii=False)]
        args.append(-1 if attempt.final else attempt.status)
    await FINISH.arun(state.db, SLOTS, args)
    del state.ended[: len(group)]
    for claimed, attempt in group:
        if attempt.verdict(1).gone:
            _drop(state, claimed)


def _drop(state: Drain, claimed: Claimed) -> None:
    hook = hooks.by_id(state.services, claimed.hook_id)
    if hook is not None:
        hooks.remove(state.services, hook)


async def _renew(state: Drain) -> None:
    held = [*state.flying, *(claimed.id for claimed, _ in state.ended)]
    if held:
        until = now_ms() + LEASE_MS
        await state.db.zadd(keys.DELIVERIES_LEASED, dict.fromkeys(held, until), xx=True)


def reap(services: Services) -> int:
    """Give back what dead drains held; every worker's sweeper calls this."""
    slots = [keys.HOOKS_DUE, keys.DELIVERIES_LEASED, keys.WAKE, keys.BROKEN]
    return int(REAP.run(services.db, slots, [now_ms(), *_prefixes()]))


def _prefixes() -> list[str]:
    return [keys.HOOK_PREFIX, keys.DELIVERY_PREFIX]
