"""P8: whether anything takes longer in a store with a million events than in one with a thousand.

Two stores are filled once and measured in turns; the bytes are those of the filling.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median

from proofs.bench import backlog, filling, load, service
from proofs.bench.filling import Size
from proofs.bench.ground import Ground, Server
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.bench.legs import p1, p3
from proofs.bench.service import Service
from proofs.rig.fan_out import fan_out_all
from proofs.rig.sink import ingress_url
from proofs.rig.stack import World

LARGE = Size(events=1_000_000, hooks=100_000, jobs=100_000)
SMALL = Size(events=1_000, hooks=1_000, jobs=1_000)
SECONDS = 3.0
FANNED = 150
LIMITS = {"event over payload": 1.25, "queued job bytes": 1536, "finished job bytes": 1024}
LIMITS |= {"hook bytes": 700}
GOALS = (
    *(
        Goal(
            text=f"{what} in the large store over that in the small one",
            of=("large", f"{what} ms"),
            over=("small", f"{what} ms"),
            most=1.15,
        )
        for what in ("poll", "ingress", "accept", "fan-out")
    ),
    *(Goal(text=what, of=("large", what), most=most) for what, most in LIMITS.items()),
)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    large = Size(
        events=ground.count(LARGE.events, SMALL.events),
        hooks=ground.count(LARGE.hooks, SMALL.hooks),
        jobs=ground.count(LARGE.jobs, SMALL.jobs),
    )
    with ExitStack() as stack:
        found = {}
        for name, size in (("small", SMALL), ("large", large)):
            server = ground.server if name == "small" else Server(ground, ground.folder / name)
            ours = stack.enter_context(service.running(ground, "web", server=server))
            world = ours.world()
            took = filling.fill(ours, world, size)
            filling.finish(ours, world, size, took)
            fan_out_all(ours.own)
            found[name] = partial(_measure, ours, world, took)
        yield found


def _measure(ours: Service, world: World, took: Measures) -> Measures:
    """One call at a time, so that it is the time of a call and not of a queue."""
    seconds = ours.ground.seconds(SECONDS)
    key = {"Authorization": f"Bearer {world.key}"}
    poll, ingress = f"{ours.url}/v1/triggers/inbound-sms?limit=50", ingress_url(world)
    send = f"{ours.url}/v1/actions/send-sms"
    base = next(backlog.numbers) * 10
    ways = {
        "poll": (poll, lambda _: load.request("GET", poll, headers=key)),
        "ingress": (ingress, lambda n: load.request("POST", ingress, p1.body(base + n))),
        "accept": (send, lambda _: load.request("POST", send, p3.BODY, key)),
    }
    found = {
        f"{what} ms": load.flood(url, make, seconds=seconds, connections=1).measures()["p50"]
        for what, (url, make) in ways.items()
    }
    return {**found, "fan-out ms": _fan_out(ours, world), **took}


def _fan_out(ours: Service, world: World) -> float:
    """The median time in which one new message is owed to the few hooks that want it."""
    took = []
    fan_out_all(ours.own)
    for _ in range(ours.ground.count(FANNED)):
        ours.receive(world, [next(backlog.numbers)])
        began = time.perf_counter()
        made = fan_out_all(ours.own)
        took.append((time.perf_counter() - began) * 1000)
        if made != 3:
            raise RuntimeError(f"{made} deliveries owed for a message that three hooks want.")
    return median(took)


LEG = Leg(key="p8", title="A large store", goals=GOALS, open=opened)
