"""S13: hooks that point back at us, thousands of hooks, and storms of subscribing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from integration.store import keys
from proofs.attacks.inbound_crowded_host import CrowdedHost
from proofs.attacks.outcome import Outcome, judged
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

FIGURE = "S13"
GOAL = "Loops stop within 3 hops; a workspace's hooks and a host's load are capped; no debris."
MOST_HOPS = 3
MOST_HOOKS = 1_000
"""What one workspace may have; said here again, since a cap that is read from the service
would be kept whatever it was."""
MANY_HOOKS = 10_000
"""How many a workspace is asked to take."""
MOST_AT_ONE_HOST = 50
"""Connections that one host may see from one workspace at the same time, without those that hang:
they hold places of their own hooks."""
HANGS_MS = 400
"""A post that takes so long hangs; on a busy machine our host does not answer all in time."""
THREADS = 16
LOOP_SECONDS = 4.0
"""Time for a loop to show; a hop takes some 50 ms."""


def run(stack: Stack, *, short: bool, seed: int) -> Outcome:
    most = MOST_HOOKS + 40 if short else MANY_HOOKS
    hops = max(_own_ingress(stack), _two_in_a_ring(stack))
    accepted = _subscriptions(stack.workspace(), most, filled=short)
    peak, posts, hooks = _crowded_host(stack, 60 if short else 1_000)
    debris = _storm(stack.workspace(), 50 if short else 1_000, seed)
    counts = {"hops": hops, "hooks_accepted": accepted, "hooks_at_one_host": hooks}
    counts |= {"posts_an_event": posts, "connections_at_once": peak, "debris": debris}
    capped = accepted <= MOST_HOOKS and peak <= MOST_AT_ONE_HOST and posts <= hooks
    return judged(FIGURE, GOAL, counts, passed=hops <= MOST_HOPS and capped and not debris)


def _own_ingress(stack: Stack) -> int:
    """Hooks that post to the ingress address of their own connection, by all its names."""
    world = stack.workspace()
    world.connect_pairfon()
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "0"):
        _hook(world, _ingress(world).replace("127.0.0.1", host))
    world.inject("Round and round")
    return _hops([world])


def _two_in_a_ring(stack: Stack) -> int:
    """Two workspaces whose hooks post to each other's ingress."""
    pair = [stack.workspace(), stack.workspace()]
    for world in pair:
        world.connect_pairfon()
    for world, other in zip(pair, reversed(pair), strict=True):
        _hook(world, _ingress(other).replace("127.0.0.1", "localhost"))
    pair[0].inject("To and fro")
    return _hops(pair)


def _hops(worlds: list[World]) -> int:
    """Events that one text became, beyond itself, after which the hooks are taken away."""
    until(worlds[0].inbox, "the text itself")
    time.sleep(LOOP_SECONDS)
    for world in worlds:
        for hook in world.get("/v1/hooks")["data"]:
            world.call("DELETE", f"/v1/hooks/{hook['id']}")
    return sum(len(world.inbox(limit=100)) for world in worlds) - 1


def _ingress(world: World) -> str:
    return str(world.get("/v1/connections")["data"][0]["ingress_url"])


def _hook(world: World, target: str) -> int:
    answer = world.post("/v1/hooks", target_url=target, trigger="inbound-sms")
    return answer.status_code


def _subscriptions(world: World, most: int, *, filled: bool) -> int:
    """How many hooks a workspace gets before it is refused, at most `most`.

    `filled` writes all but ten of what it may have into the store, which takes no time.
    """
    before = MOST_HOOKS - 10 if filled else 0
    if filled:
        listed: Mapping[Any, Any] = {
            f"made-up-{number}": f"hook_{number}" for number in range(before)
        }
        world.stack.db.hset(keys.hooks(world.name), mapping=listed)
    with ThreadPoolExecutor(THREADS) as pool:
        targets = [f"{world.stack.url}/sink/{number}" for number in range(most - before)]
        codes = list(pool.map(lambda target: _hook(world, target), targets))
    return before + codes.count(201)


def _crowded_host(stack: Stack, wanted: int) -> tuple[int, int, int]:
    """One event to a host that many hooks point at: connections at once, POSTs, hooks."""
    world = stack.workspace()
    world.connect_pairfon()
    with CrowdedHost() as host:
        made = [_hook(world, f"{host.url}/{number}") for number in range(wanted)].count(201)
        world.inject("To everybody at one host")
        until(lambda: len(host.paths) >= made, f"{made} deliveries at one host")
        until(lambda: len(_took_ms(world)) == made, "the record of each delivery")
    hanging = sum(each >= HANGS_MS for each in _took_ms(world))
    return host.peak - hanging, len(host.paths), made


def _took_ms(world: World) -> list[int]:
    """How long each post of the workspace took, by our own record."""
    hooks = world.stack.db.hvals(keys.hooks(world.name))
    logs = [world.get(f"/v1/hooks/{each}/deliveries")["data"] for each in hooks]
    return [each["took_ms"] for log in logs for delivery in log for each in delivery["attempts"]]


def _storm(world: World, rounds: int, seed: int) -> int:
    """Threads that subscribe and unsubscribe the same things: what is left when all are gone."""
    world.connect_pairfon()
    targets = [f"{world.stack.url}/storm/{seed}/{number}" for number in range(4)]

    def turn(number: int) -> None:
        target = targets[number % 4]
        _hook(world, target)
        world.call("DELETE", "/v1/hooks", params={"target_url": target})

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(turn, range(rounds)))
    for target in targets:
        world.call("DELETE", "/v1/hooks", params={"target_url": target})
    return len(world.get("/v1/hooks")["data"]) + _records(world)


def _records(world: World) -> int:
    """Hook records of the workspace that no list names any more."""
    db = world.stack.db
    hooks = (key for key in db.scan_iter("hl:hook:*", count=1000) if db.type(key) == "hash")
    return sum(db.hget(key, "workspace") == world.name for key in hooks)
