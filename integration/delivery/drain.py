"""Deliver: drain what hooks are owed, in groups, over one asyncio loop.

One drain is one long-lived RQ job; what it has under way when its time is over goes on in the
next, which takes the same loop, so that a target that hangs delays nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from redis.exceptions import NoScriptError, RedisError, ResponseError

from integration.delivery import claims, fanout
from integration.delivery.attempt import Poster
from integration.delivery.claims import ROUND, Claimed, Ended, Found
from integration.delivery.fanout import FAN_OUT, INBOXES, LOOK, Inbox, Listings, Seen, Step, Taker
from integration.delivery.in_flight import GROUP, GROUP_SECONDS, Flight
from integration.hooks import subscriptions
from integration.runtime import stopping as process
from integration.services import Services
from integration.store import client, keys
from integration.store.client import TextStore
from integration.store.clock import now_ms

log = logging.getLogger(__name__)
DRAIN_SECONDS = 60
ROLL_CALL_SECONDS = 2.0
STORE_SECONDS = 0.5
LAST_SECONDS = 20.0
"""For what is under way when the process is asked to end: longer than an attempt may take, and
shorter than platforms wait. What is not over by then is made again, with the same webhook-id."""


@dataclass(kw_only=True)
class Drain:
    """One process's drain; `owed` is what the last look at fan-out showed, `next_ms` when the
    next delivery is due, `crowded` where what is new had to wait, `called` when the roll was last
    called (monotonic, seconds), `stretch` how many events of an inbox are worth a look."""

    services: Services
    db: TextStore
    poster: Poster
    flight: Flight
    listings: Listings
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    owed: list[Seen] = field(default_factory=list)
    next_ms: float | None = None
    crowded: frozenset[Inbox] = frozenset()
    called: float = 0.0
    stretch: int = fanout.BATCH
    listener: asyncio.Task[None] | None = None


_running: list[tuple[asyncio.Runner, Drain]] = []


def drain(seconds: float = DRAIN_SECONDS) -> None:
    """Drain for about `seconds`, or until the process is to stop; RQ's entry point."""
    if not _running:
        runner = asyncio.Runner()
        _running.append((runner, runner.run(_opened(process.services()))))
    runner, state = _running[0]
    runner.run(_rounds(state, time.monotonic() + seconds))
    if process.stopping.is_set():
        runner.run(_closed(state))
        runner.close()
        _running.clear()


async def _opened(services: Services) -> Drain:
    poster = Poster(allow_private=services.settings.allow_private_targets)
    return Drain(
        services=services,
        db=client.connect_async(services.settings.redis_url),
        poster=poster,
        flight=Flight(services, poster),
        listings=Listings(services),
    )


async def _closed(state: Drain) -> None:
    if state.listener:
        state.listener.cancel()
    await state.poster.close()
    await state.db.aclose()


async def _rounds(state: Drain, deadline: float) -> None:
    if state.listener is None or state.listener.done():
        state.listener = asyncio.create_task(_listen(state))
    while True:
        try:
            if await _round(state, deadline):
                return
            await _rest(state)
        except RedisError as error:
            # Ended, this drain would forget what came of its attempts, and each would be repeated.
            if process.stopping.is_set() or time.monotonic() > deadline + DRAIN_SECONDS:
                raise
            log.warning("store away: %s", type(error).__name__)
            await asyncio.sleep(STORE_SECONDS)


async def _round(state: Drain, deadline: float) -> bool:
    """Record, fan out, claim and begin, in one round trip; whether the drain is over."""
    flight, stopping = state.flight, process.stopping.is_set()
    if stopping and flight.waiting:
        flight.waiting.clear()
        state.called = 0.0  # the roll call gives them back to others
    group = flight.ended[:]
    found = await _asked(state, 0 if stopping else flight.room, group)
    # What could not be told was kept for this round; what comes later than the lease is not
    # recorded any more, and the delivery made again, with the same webhook-id.
    del flight.ended[: len(group)]
    state.owed, state.next_ms, state.crowded = found.owed, found.next_ms, found.crowded
    await flight.take(found.claimed)
    for each in group:
        if each.verdict.gone:
            await asyncio.to_thread(_drop, state.services, each.claimed)
    if time.monotonic() - state.called > ROLL_CALL_SECONDS:
        await claims.REAP.arun(state.db, *claims.reaping(state.token, flight.held))
        state.called = time.monotonic()
    if stopping:
        over = process.stopping.over(LAST_SECONDS)
        return over or (not flight.flying and not flight.ended)
    return time.monotonic() > deadline


async def _asked(state: Drain, room: int, group: Sequence[Ended]) -> Found:
    """Half of the room is for what waits, and half for what is new; all where nothing is."""
    owed, state.owed = state.owed if room > 0 else [], []
    if not owed:
        call = claims.call(state.token, room, group, state.stretch)
        return claims.found(await ROUND.arun(state.db, *call))
    taker = Taker(state.token, max(1, room // 2 // len(owed)))
    steps = [(each, step) for each in owed if (step := await _step(state, each, taker))]
    calls = [(ROUND, claims.call(state.token, room - room // 2, group, look=0))]
    calls += [(FAN_OUT, step.call) for _, step in steps]
    calls.append((LOOK, fanout.looking(INBOXES, state.stretch)))
    reply, *outcomes, rows = await client.together(state.db, calls)
    for each in (reply, rows):
        if isinstance(each, Exception):
            raise each
    found = claims.found(reply)._replace(owed=[fanout.seen(row) for row in rows])
    for (each, step), outcome in zip(steps, outcomes, strict=True):
        if isinstance(outcome, ResponseError):
            await asyncio.to_thread(fanout.pass_over, state.services, each, outcome)
        else:
            found = found.fanned_out(step, outcome)
            made, _, done, _ = outcome
            state.stretch = fanout.next_stretch(state.stretch, each, made, done)
    return found


async def _step(state: Drain, owed: Seen, taker: Taker) -> Step | None:
    """None where the workspace's own keys are broken: it must not stop the others."""
    known = state.listings.known(owed)
    try:
        listed = await asyncio.to_thread(state.listings.read, owed) if known is None else known
        return fanout.step(state.services, owed, listed, taker)
    except fanout.UNREADABLE as error:
        await asyncio.to_thread(fanout.pass_over, state.services, owed, error)
        return None


def _drop(services: Services, claimed: Claimed) -> None:
    """Remove a hook whose target is gone, unless it was changed since: its old target said so."""
    hook = subscriptions.by_id(services, claimed.hook_id)
    revision = services.db.hget(keys.hook(claimed.hook_id), "revision")
    if hook is not None and revision == claimed.revision:
        subscriptions.remove(services, hook)


async def _rest(state: Drain) -> None:
    """Wait for a wake-up, for attempts to end, or for the next delivery that is due."""
    if any(each.inbox not in state.crowded for each in state.owed):
        return
    seconds = client.BLOCK_SECONDS
    if state.next_ms is not None and state.flight.room > 0 and not process.stopping.is_set():
        seconds = min(max((state.next_ms - now_ms()) / 1000, 0.0), seconds)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await state.flight.stirred.wait()
    state.flight.rested()


async def _listen(state: Drain) -> None:
    """Take wake-ups while there is room; those that come when there is none are for others."""
    while True:
        try:
            if state.flight.room > 0 and await _woken(state):
                state.flight.stirred.set()
            if len(state.flight.flying) >= GROUP:
                # There is enough to do: what comes meanwhile is taken together.
                await asyncio.sleep(GROUP_SECONDS)
        except NoScriptError:
            await state.db.script_load(LOOK.source)
        except RedisError:
            await asyncio.sleep(STORE_SECONDS)


async def _woken(state: Drain) -> bool:
    """Whether there is something to do, after BLOCK_SECONDS at the latest. What we are woken for
    is looked at in the same trip."""
    slots, args = fanout.looking(INBOXES, state.stretch)
    async with state.db.pipeline(transaction=False) as pipe:
        pipe.blpop([keys.WAKE], client.BLOCK_SECONDS)
        pipe.evalsha(LOOK.sha, len(slots), *slots, *args)
        token, rows = await pipe.execute()
    if rows:
        state.owed = [fanout.seen(each) for each in rows]
    return bool(token or rows)
