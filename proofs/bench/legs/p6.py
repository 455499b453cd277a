"""P6: how soon, at twenty a second, a message that arrives is at the hook."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from proofs.bench import backlog, load, pace, service
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.bench.legs import p1, p4
from proofs.bench.peers import environments, queues
from proofs.bench.service import Service
from proofs.rig.quantile import quantile
from proofs.rig.sandbox import until
from proofs.rig.sink import ingress_url
from proofs.rig.stack import World

PER_SECOND, SECONDS = 20, 20.0
WARM_UP = 10
"""Arrivals before the first that counts: connections open, and code that is compiled on the way."""
GOALS = (
    Goal(text="ingress to hook, p50", of=("ingress", "p50"), most=6.0, unit="ms"),
    Goal(text="ingress to hook, p99", of=("ingress", "p99"), most=30.0, unit="ms"),
    Goal(
        text="enqueue to arrival, p50 over BullMQ's",
        of=("enqueue", "p50"),
        over=("BullMQ", "p50"),
        most=1.3,
    ),
    Goal(
        text="enqueue to arrival, p99 over BullMQ's",
        of=("enqueue", "p99"),
        over=("BullMQ", "p99"),
        most=0.5,
    ),
)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    # Our worker stays up; each round starts a peer's worker again, and warms it up.
    with service.running(ground, *service.ALL) as ours:
        world = backlog.hooked(ours, [ground.sink.url("/one")])
        ours.receive(world, [next(backlog.numbers)])
        ground.sink.wait_for(1)
        found = {
            "ingress": lambda: _ingress(ours, ingress_url(world)),
            "enqueue": lambda: _enqueue(ours, world),
            "one SET": lambda: _set(ground),
        }
        try:
            peer = queues.Bullmq(ground=ground, folder=environments.node("bullmq"))
            found["BullMQ"] = lambda: _bullmq(ground, peer)
        except environments.AbsentError as error:
            ground.leave_out("BullMQ", str(error))
        yield found


def _ingress(ours: Service, address: str) -> Measures:
    base = next(backlog.numbers) * 10_000
    ours.ground.sink.reset()
    seconds = ours.ground.seconds(SECONDS)
    made = pace.pace(
        address,
        lambda number: load.request("POST", address, p1.body(base + number)),
        per_second=PER_SECOND,
        seconds=seconds,
        connections=4,
    )
    made.measures()
    return _ages(ours.ground, len(made.took))


def _enqueue(ours: Service, world: World) -> Measures:
    """Committed by this process, as BullMQ's jobs are added by a process of its own."""
    ours.ground.sink.reset()
    took = list(_moments(ours.ground, lambda: ours.receive(world, [next(backlog.numbers)])))
    return _ages(ours.ground, len(took))


def _set(ground: Ground) -> Measures:
    """The least that a commit can take: one write, answered when the server's file is synced."""
    took = list(_moments(ground, lambda: ground.server.peers.set("one", "1")))
    return {"p50": quantile(took, 0.5), "p99": quantile(took, 0.99), "most": max(took)}


def _moments(ground: Ground, act: Callable[[], object]) -> Iterator[float]:
    """How long each call took (ms), at twenty a second."""
    began = time.monotonic()
    for turn in range(int(PER_SECOND * ground.seconds(SECONDS))):
        time.sleep(max(0.0, began + turn / PER_SECOND - time.monotonic()))
        called = time.perf_counter()
        act()
        yield (time.perf_counter() - called) * 1000


def _bullmq(ground: Ground, peer: queues.Bullmq) -> Measures:
    ground.server.peers.flushdb()
    ground.sink.reset()
    count = int(PER_SECOND * ground.seconds(SECONDS))
    program = peer.work()
    until(lambda: ground.server.peers.client_list(_type="normal"), "the worker's connection")
    time.sleep(1.0)
    try:
        bodies = [p4.body(number) for number in range(count)]
        peer.fill(ground.sink.url("/peer"), bodies, per_second=PER_SECOND)
        return _ages(ground, count)
    finally:
        program.stop()


def _ages(ground: Ground, count: int) -> Measures:
    ground.sink.wait_for(count)
    ages = ground.sink.ages()[min(WARM_UP, count // 2) :]
    return {"p50": quantile(ages, 0.5), "p99": quantile(ages, 0.99), "most": max(ages)}


LEG = Leg(key="p6", title="From arrival to hook", goals=GOALS, open=opened)
