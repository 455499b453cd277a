"""P5: a slow target and many deliveries under way in one process; and one target that hangs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from integration.delivery.in_flight import IN_FLIGHT
from proofs.bench import backlog, service
from proofs.bench.draining import drain
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.bench.service import Service
from proofs.bench.sink_server import DELAY

BACKLOG = 16_000
HOOKS, HOSTS = 100, 10
"""So many that neither one hook's share nor one host's is the limit."""
CEILING = IN_FLIGHT / DELAY
GOALS = (
    Goal(
        text=f"share of the ceiling ({IN_FLIGHT} under way / {DELAY} s)",
        of=("all slow", "of ceiling"),
        least=0.9,
    ),
    Goal(
        text="memory of the delivering process (RSS)",
        of=("all slow", "largest process MB"),
        most=60.0,
        unit="MB",
    ),
    Goal(
        text="rate of the others over that without it, one target in a hundred hanging",
        of=("one hangs", "rate"),
        over=("all slow", "per 99"),
        least=0.9,
    ),
)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    slow = [_target(ground, number) for number in range(HOOKS)]
    hanging = [*slow[:-1], ground.sink.url("/hang", host=f"127.0.0.{HOSTS + 1}")]
    with service.running(ground, "web") as ours:
        yield {
            "all slow": partial(_drain, ours, slow, HOOKS),
            "one hangs": partial(_drain, ours, hanging, HOOKS - 1),
        }


def _target(ground: Ground, number: int) -> str:
    return ground.sink.url(f"/slow/{number}", host=f"127.0.0.{1 + number % HOSTS}")


def _drain(ours: Service, targets: Sequence[str], answering: int) -> Measures:
    events = max(2, ours.ground.count(BACKLOG) // HOOKS)
    world = backlog.hooked(ours, targets)
    backlog.owe(ours, world, events)
    found = drain(ours.ground, events * answering, lambda: ours.start("worker"))
    for hook in world.get("/v1/hooks", limit=100)["data"]:
        world.call("DELETE", f"/v1/hooks/{hook['id']}")
    share = found["rate"] / CEILING
    # The hanging target is one of the hundred: the others could not be faster than their part.
    return {**found, "of ceiling": share, "per 99": found["rate"] * (HOOKS - 1) / HOOKS}


LEG = Leg(key="p5", title="Slow and hanging targets", goals=GOALS, open=opened)
