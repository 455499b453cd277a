"""Drain: send what hooks are owed, in groups, over one asyncio loop.

A drain makes steps. Each step is one round trip to the store: it records what ended, fans out, and
claims. Between two steps attempts begin and end (in_flight.py).

One drain is one long-lived RQ job. Deliveries in flight when its time is over go on in the next
job, which takes the same loop. So a target that hangs delays no other.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from dataclasses import dataclass, field

from redis.exceptions import NoScriptError, RedisError, ResponseError

from integration.accounts import audit
from integration.delivery import drain_step, fanout
from integration.delivery.attempt import Poster
from integration.delivery.hook_cache import HookCache
from integration.delivery.in_flight import GROUP, GROUP_SECONDS, InFlight
from integration.delivery.records import Claimed, Room, StepResult, Unfanned
from integration.delivery.telling import told
from integration.hooks import subscriptions
from integration.runtime import stopping as process
from integration.services import Services
from integration.store import client, keys
from integration.store.client import TextStore
from integration.store.clock import now_ms
from integration.store.script import ScriptCall

log = logging.getLogger(__name__)
DRAIN_SECONDS = 60
RELEASE_SECONDS = 2.0
"""How often a drain gives back what it leased in a step whose reply was lost."""
STORE_SECONDS = 0.5
LAST_SECONDS = 20.0
"""For deliveries in flight when the process is asked to end: longer than an attempt may take, and
shorter than platforms wait. One that is not over then is sent again, with the same webhook-id."""


@dataclass(kw_only=True)
class Drain:
    """One process's drain.

    `unfanned` is what the last step read, `next_ms` when the next delivery is due. `released` is
    when RELEASE last ran (monotonic, seconds).
    """

    services: Services
    db: TextStore
    poster: Poster
    in_flight: InFlight
    hook_cache: HookCache
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    unfanned: list[Unfanned] = field(default_factory=list)
    next_ms: float | None = None
    released: float = 0.0
    listener: asyncio.Task[None] | None = None


_running: list[tuple[asyncio.Runner, Drain]] = []


def drain(seconds: float = DRAIN_SECONDS) -> None:
    """Drain for about `seconds`, or until the process is to stop; RQ's entry point."""
    if not _running:
        runner = asyncio.Runner()
        _running.append((runner, runner.run(_opened(process.services()))))
    runner, state = _running[0]
    runner.run(_steps(state, time.monotonic() + seconds))
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
        in_flight=InFlight(services, poster),
        hook_cache=HookCache(services),
    )


async def _closed(state: Drain) -> None:
    if state.listener:
        state.listener.cancel()
    await state.poster.close()
    await state.db.aclose()


async def _steps(state: Drain, deadline: float) -> None:
    if state.listener is None or state.listener.done():
        state.listener = asyncio.create_task(_attend(state))
    while True:
        try:
            if await _step(state, deadline):
                return
            await _rest(state)
        except RedisError as error:
            # A drain that ended here would lose the results of its attempts and repeat each.
            if process.stopping.is_set() or time.monotonic() > deadline + DRAIN_SECONDS:
                raise
            log.warning("store away: %s", type(error).__name__)
            await asyncio.sleep(STORE_SECONDS)


async def _step(state: Drain, deadline: float) -> bool:
    """Record what ended, fan out and claim, and begin attempts; whether the drain is over."""
    in_flight, stopping = state.in_flight, process.stopping.is_set()
    ended, hanging = in_flight.ended[:], in_flight.began_to_hang[:]
    room = Room(0, 0) if stopping else in_flight.room
    kept = state.services.settings.keep_seconds
    step = drain_step.call(state.token, room, ended, hanging, keep_seconds=kept)
    result = await _exchange(state, step, room)
    # Only now: where the store did not answer, the next step reports these. After the lease it
    # records none of them, and the delivery is sent again, with the same webhook-id.
    del in_flight.ended[: len(ended)], in_flight.began_to_hang[: len(hanging)]
    told(ended)
    state.unfanned, state.next_ms = result.unfanned, result.next_ms
    await in_flight.begin(result.claimed)
    for each in ended:
        if each.verdict.gone:
            await asyncio.to_thread(_remove_hook, state.services, each.claimed)
    if time.monotonic() - state.released > RELEASE_SECONDS:
        await drain_step.release(state.token, in_flight.held).arun(state.db)
        state.released = time.monotonic()
    if stopping:
        over = process.stopping.over(LAST_SECONDS)
        return over or (not in_flight.posting and not in_flight.ended)
    return time.monotonic() > deadline


async def _exchange(state: Drain, step: ScriptCall, room: Room) -> StepResult:
    """The step's round trip: the fan-outs first, so that the step claims what they owe."""
    unfanned, state.unfanned = state.unfanned if room.prompt > 0 else [], []
    fan_outs = [(each, made) for each in unfanned if (made := await _fan_out(state, each))]
    calls = [*(made for _, made in fan_outs), step]
    # A claim that the replicas do not have is given back by the next release, as a lost reply is.
    wanted = state.services.settings.store_replicas
    *outcomes, reply = await client.together(state.db, calls, wanted)
    if isinstance(reply, Exception):
        raise reply
    for (read, _), outcome in zip(fan_outs, outcomes, strict=True):
        if isinstance(outcome, ResponseError):
            await asyncio.to_thread(fanout.skip_damaged, state.services, read, outcome)
    return drain_step.result(reply)


async def _fan_out(state: Drain, read: Unfanned) -> ScriptCall | None:
    """None where the workspace's own keys are damaged: it must not stop the others."""
    cached = state.hook_cache.cached(read)
    try:
        hooks = await asyncio.to_thread(state.hook_cache.read, read) if cached is None else cached
        return fanout.fan_out(state.services, read, hooks)
    except fanout.UNREADABLE as error:
        await asyncio.to_thread(fanout.skip_damaged, state.services, read, error)
        return None


def _remove_hook(services: Services, claimed: Claimed) -> None:
    """Remove a hook whose target is gone, unless it was changed since: its old target said so."""
    hook = subscriptions.by_id(services, claimed.hook_id)
    revision = services.db.hget(keys.hook(claimed.hook_id), "revision")
    if hook is not None and revision == claimed.revision:
        subscriptions.remove(services, hook)
        detail = f"{subscriptions.named(hook)}: 410"
        audit.note(
            services.db, hook.workspace, "hook.deleted", hook.id, by=audit.TARGET, detail=detail
        )


async def _rest(state: Drain) -> None:
    """Wait for a wake-up, for attempts to end, or for the next delivery that is due."""
    has_room = state.in_flight.room.prompt > 0
    if state.unfanned and has_room:
        return
    seconds = client.BLOCK_SECONDS
    if state.next_ms is not None and has_room and not process.stopping.is_set():
        seconds = min(max((state.next_ms - now_ms()) / 1000, 0.0), seconds)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await state.in_flight.step_needed.wait()
    state.in_flight.step_begins()


async def _attend(state: Drain) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_listen(state))
        group.create_task(state.in_flight.watch())


async def _listen(state: Drain) -> None:
    """Take tokens of the wake list while there is room; others take those that come meanwhile."""
    while True:
        try:
            if state.in_flight.room.prompt > 0 and await _woken(state):
                state.in_flight.step_needed.set()
            if len(state.in_flight.posting) >= GROUP:
                # There is enough to do: the next step takes all that comes meanwhile.
                await asyncio.sleep(GROUP_SECONDS)
        except NoScriptError:
            await state.db.script_load(fanout.READ_UNFANNED.source)
        except RedisError:
            await asyncio.sleep(STORE_SECONDS)


async def _woken(state: Drain) -> bool:
    """Whether there is something to do, after BLOCK_SECONDS at the latest.

    The same trip reads what is not fanned out yet.
    """
    read = fanout.read_unfanned()
    async with state.db.pipeline(transaction=False) as pipe:
        pipe.blpop([keys.WAKE], client.BLOCK_SECONDS)
        pipe.execute_command(*read.by_hash())
        token, rows = await pipe.execute()
    if rows:
        state.unfanned = list(map(fanout.unfanned, rows))
    return bool(token or rows)
