"""Deliver: drain what hooks are owed, in groups, over one asyncio loop.

One drain is one long-lived RQ job; what it has under way when its time is over goes on in the
next, which takes the same loop, so that a target that hangs delays nobody else.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from redis.exceptions import RedisError, ResponseError

from integration import broken, keys, process, store
from integration.clock import now_ms
from integration.events import fanout, hooks, posting, rounds
from integration.events.fanout import FAN_OUT, Listings, Seen
from integration.events.hook_record import Hook
from integration.events.posting import Attempt, Poster, Target
from integration.events.rounds import ROUND, Claimed, Ended, Found
from integration.services import Services
from integration.store import TextStore

log = logging.getLogger(__name__)
IN_FLIGHT = 200
"""Deliveries that one drain has under way at once."""
GROUP, GROUP_SECONDS = 25, 0.003
"""Attempts that end are recorded when they are so many, when the first has waited so long, or when
nothing is under way."""
DRAIN_SECONDS = 60
ROLL_CALL_SECONDS = 2.0
STORE_SECONDS = 0.5
LOOKUPS = 64
HOOKS_KEPT = 5_000


@dataclass
class Drain:
    """What one process delivers: what is under way, and what it has not recorded yet."""

    services: Services
    db: TextStore
    poster: Poster
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    flying: set[str] = field(default_factory=set)
    ended: list[Ended] = field(default_factory=list)
    owed: list[Seen] = field(default_factory=list)
    known: dict[str, tuple[str, Hook | None, Target | None]] = field(default_factory=dict)
    next_ms: float | None = None
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    timer: asyncio.TimerHandle | None = None
    called: float = 0.0
    listener: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.listings = Listings(self.services)

    @property
    def room(self) -> int:
        return IN_FLIGHT - len(self.flying)


_running: list[tuple[asyncio.Runner, Drain]] = []


def drain(seconds: float = DRAIN_SECONDS) -> None:
    """Drain for about `seconds`, or until the process is to stop; RQ's entry point."""
    if not _running:
        runner = asyncio.Runner()
        _running.append((runner, runner.run(_begun(process.services()))))
    runner, state = _running[0]
    runner.run(_rounds(state, time.monotonic() + seconds))
    if process.stopping.is_set():
        runner.run(_over(state))
        runner.close()
        _running.clear()


async def _begun(services: Services) -> Drain:
    # Names are looked up on threads; with the usual six, as many hanging names would stop all.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(LOOKUPS))
    db = store.connect_async(services.settings.redis_url)
    poster = Poster(allow_private=services.settings.allow_private_targets)
    return Drain(services=services, db=db, poster=poster)


async def _over(state: Drain) -> None:
    if state.listener:
        state.listener.cancel()
    await state.poster.close()
    await state.db.aclose()


async def _rounds(state: Drain, deadline: float) -> None:
    if state.listener is None:
        state.listener = asyncio.create_task(_listen(state))
    while True:
        try:
            stopping = process.stopping.is_set()
            await _round(state, claiming=not stopping)
            if (stopping and not state.flying and not state.ended) or (
                not stopping and time.monotonic() > deadline
            ):
                return
            await _rest(state)
        except RedisError as error:
            # Ended, this drain would forget what came of its attempts, and each would be repeated.
            if process.stopping.is_set() or time.monotonic() > deadline + DRAIN_SECONDS:
                raise
            log.warning("store away: %s", type(error).__name__)
            await asyncio.sleep(STORE_SECONDS)


async def _round(state: Drain, *, claiming: bool) -> None:
    """Record, fan out, claim and begin, in one round trip."""
    if time.monotonic() - state.called > ROLL_CALL_SECONDS:
        await _call_the_roll(state)
    group = state.ended[:]
    found = await _asked(state, state.room if claiming else 0, group)
    # What could not be told is kept for the next round; what comes later than the lease is no
    # longer recorded, and the delivery made again, with the same webhook-id.
    del state.ended[: len(group)]
    for each in group:
        if each.verdict.gone:
            await asyncio.to_thread(_drop, state, each.claimed.hook_id)
    state.owed, state.next_ms = found.owed, found.next_ms
    await _read_hooks(state, found.claimed)
    for claimed in found.claimed:
        _begin(state, claimed)


async def _asked(state: Drain, room: int, group: Sequence[Ended]) -> Found:
    owed, state.owed = state.owed, []
    calls = [
        (FAN_OUT, fanout.step(state.services, each, await _listed(state, each), room))
        for each in owed
    ]
    calls.append((ROUND, rounds.call(state.token, room, group)))
    *steps, reply = await store.together(state.db, calls)
    for each, outcome in zip(owed, steps, strict=True):
        if isinstance(outcome, ResponseError):
            await asyncio.to_thread(fanout.pass_over, state.services, each, outcome)
    if isinstance(reply, Exception):
        raise reply
    return rounds.found(reply)


async def _listed(state: Drain, owed: Seen) -> Sequence[Hook]:
    known = state.listings.known(owed)
    return await asyncio.to_thread(state.listings.read, owed) if known is None else known


async def _call_the_roll(state: Drain) -> None:
    held = [*state.flying, *(each.claimed.id for each in state.ended)]
    await rounds.REAP.arun(state.db, *rounds.reaping(state.token, held))
    state.called = time.monotonic()


async def _rest(state: Drain) -> None:
    """Wait for a wake-up, for attempts to end, or for the next delivery that is due."""
    seconds = store.BLOCK_SECONDS
    if state.owed:
        return
    if state.next_ms is not None and state.room > 0:
        seconds = min(max((state.next_ms - now_ms()) / 1000, 0.0), seconds)
    try:
        async with asyncio.timeout(seconds):
            await state.stirred.wait()
    except TimeoutError:
        pass
    state.stirred.clear()
    if state.timer:
        state.timer.cancel()
        state.timer = None


async def _listen(state: Drain) -> None:
    """Take wake-ups while there is room; those that come when there is none are for others."""
    while True:
        try:
            if state.room > 0 and await state.db.blpop([keys.WAKE], store.BLOCK_SECONDS):
                state.stirred.set()
            elif state.room <= 0:
                await asyncio.sleep(GROUP_SECONDS)
        except RedisError:
            await asyncio.sleep(STORE_SECONDS)


async def _read_hooks(state: Drain, some: Sequence[Claimed]) -> None:
    """See that the hooks of these are known, each as of the revision it was claimed under."""
    if len(state.known) > HOOKS_KEPT:
        state.known.clear()
    wanted = {each.hook_id: each.revision for each in some}
    changed = {
        name: revision
        for name, revision in wanted.items()
        if name not in state.known or state.known[name][0] != revision
    }
    if not changed:
        return
    read = await asyncio.to_thread(hooks.several, state.services, list(changed))
    for (name, revision), hook in zip(changed.items(), read, strict=True):
        state.known[name] = (revision, hook, posting.target(hook.target_url) if hook else None)


def _begin(state: Drain, claimed: Claimed) -> None:
    """One attempt; whatever comes of it ends up in `state.ended`."""
    state.flying.add(claimed.id)
    landed = partial(_landed, state, claimed)
    _, hook, target = state.known[claimed.hook_id]
    if not claimed.payload:
        return landed(Attempt.refused("The event has left the inbox and cannot be sent any more."))
    if hook is None:
        return landed(Attempt.refused("The hook was removed, or its record cannot be read."))
    if target is None:
        return landed(Attempt.refused("The target is no web address; change it."))
    try:
        body = claimed.payload.encode()
        state.poster.post(target, hooks.signing_keys(hook), claimed.id, body, landed)
    except broken.NONSENSE as error:
        # Broken in a way that nobody thought of: it ends here, or it would come back for ever.
        detail = f"This delivery cannot be made ({type(error).__name__})."
        landed(Attempt.refused(detail))


def _landed(state: Drain, claimed: Claimed, attempt: Attempt) -> None:
    state.flying.discard(claimed.id)
    state.ended.append(rounds.ended(claimed, attempt))
    if not state.flying or len(state.ended) >= GROUP:
        state.stirred.set()
    elif state.timer is None:
        loop = asyncio.get_running_loop()
        state.timer = loop.call_later(GROUP_SECONDS, state.stirred.set)


def _drop(state: Drain, hook_id: str) -> None:
    hook = hooks.by_id(state.services, hook_id)
    if hook is not None:
        hooks.remove(state.services, hook)
