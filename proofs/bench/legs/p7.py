"""P7: one message in and twenty hooks out, stored and durable, against Node-RED, which stores none.

Node-RED is flooded and shows what it can. Ours is then offered a little over three times as many
deliveries at a steady pace, so that a backlog would show.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count

from proofs.bench import backlog, load, pace, service
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.bench.legs import p1
from proofs.bench.peers import environments, nodered
from proofs.rig.quantile import quantile
from proofs.rig.sink import ingress_url

MANY, HOSTS = 20, 10
SECONDS, LOW_SECONDS = 6.0, 6.0
CONNECTIONS = 16
LOW = 20
"""Messages a second at which latency is measured."""
AHEAD, BEHIND_SECONDS = 3.1, 1.0
UNASKED = 100.0
"""Messages a second that ours is offered where Node-RED is absent."""
numbers = count(1)
GOALS = (
    Goal(
        text="deliveries a second, one to twenty, over Node-RED's",
        of=("ours 1:20", "rate"),
        over=("Node-RED 1:20", "rate"),
        least=3.0,
    ),
    Goal(
        text="share not yet delivered a second after the last message, one to twenty",
        of=("ours 1:20", "backlog"),
        most=0.01,
    ),
    Goal(
        text=f"p99 at {LOW} messages a second, one to twenty, over Node-RED's",
        of=("ours 1:20", "p99"),
        over=("Node-RED 1:20", "p99"),
        most=0.7,
    ),
    Goal(
        text="deliveries a second, one to one, over Node-RED's",
        of=("ours 1:1", "rate"),
        over=("Node-RED 1:1", "rate"),
        least=0.8,
    ),
)
Way = Callable[[Callable[[int], bytes]], load.Tally]


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    found: dict[str, Callable[[], Measures]] = {}
    seen: dict[str, float] = {}
    with service.running(ground, *service.ALL) as ours:
        for hooks in (MANY, 1):
            targets = [_target(ground, hooks, number) for number in range(hooks)]
            address = ingress_url(backlog.hooked(ours, targets))
            try:
                running = nodered.start(ground, targets)
                found[f"Node-RED 1:{hooks}"] = _peer(ground, running, hooks, seen)
            except environments.AbsentError as error:
                ground.leave_out(f"Node-RED 1:{hooks}", str(error))
            found[f"ours 1:{hooks}"] = _ours(ground, ours, address, hooks, seen)
        yield found


def _target(ground: Ground, hooks: int, number: int) -> str:
    """One of the hooks of a workspace, on one of ten hosts."""
    return ground.sink.url(f"/{hooks}/{number}", host=f"127.0.0.{1 + number % HOSTS}")


def _peer(
    ground: Ground, running: nodered.NodeRed, hooks: int, seen: dict[str, float]
) -> Callable[[], Measures]:
    def measure() -> Measures:
        parts = {"worker": running.program.cpu}
        found = _through(ground, running.url, hooks, _flood(ground, running.url), parts)
        seen[f"1:{hooks}"] = found["rate"]
        return {**found, **_low(ground, running.url, hooks)}

    return measure


def _ours(
    ground: Ground, ours: service.Service, url: str, hooks: int, seen: dict[str, float]
) -> Callable[[], Measures]:
    parts = {name: ours.programs[name].cpu for name in ("web", "worker")}
    parts["server"] = ground.server.cpu

    def measure() -> Measures:
        if hooks == 1:
            way = _flood(ground, url)
        else:
            way = _paced(ground, url, AHEAD * seen.get(f"1:{hooks}", UNASKED * hooks) / hooks)
        return {**_through(ground, url, hooks, way, parts), **_low(ground, url, hooks)}

    return measure


def _flood(ground: Ground, url: str) -> Way:
    seconds = ground.seconds(SECONDS)
    return lambda make: load.flood(url, make, seconds=seconds, connections=CONNECTIONS)


def _paced(ground: Ground, url: str, per_second: float, full: float = SECONDS) -> Way:
    seconds = ground.seconds(full)
    return lambda make: pace.pace(url, make, per_second=per_second, seconds=seconds)


def _through(
    ground: Ground, url: str, hooks: int, way: Way, parts: Mapping[str, Callable[[], float]]
) -> Measures:
    """All that arrives, from the first to the last, what was late, and the CPU that each part and
    the sink took for a delivery."""
    parts = {**parts, "sink": ground.sink.cpu}
    before = {name: cpu() for name, cpu in parts.items()}
    tally = _send(ground, url, way)
    wanted = len(tally.took) * hooks
    time.sleep(BEHIND_SECONDS)
    left = wanted - ground.sink.tally().arrived
    arrived = ground.sink.wait_for(wanted)
    if arrived.distinct != wanted:
        raise RuntimeError(f"{arrived.distinct} different deliveries, not {wanted}.")
    spent = {f"{name} µs": (cpu() - before[name]) / wanted * 1e6 for name, cpu in parts.items()}
    rates = {"rate": arrived.rate, "in rate": tally.measures()["rate"], "backlog": left / wanted}
    return {**rates, **spent}


def _low(ground: Ground, url: str, hooks: int) -> Measures:
    """Milliseconds from a message's sending to its arrivals, with little to do."""
    tally = _send(ground, url, _paced(ground, url, LOW, LOW_SECONDS))
    ground.sink.wait_for(len(tally.took) * hooks)
    ages = ground.sink.ages()
    return {"p50": quantile(ages, 0.5), "p99": quantile(ages, 0.99)}


def _send(ground: Ground, url: str, way: Way) -> load.Tally:
    ground.sink.reset()
    base = next(numbers) * 200_000
    tally = way(lambda number: load.request("POST", url, p1.body(base + number)))
    tally.measures()
    return tally


LEG = Leg(key="p7", title="From one message to its hooks", goals=GOALS, open=opened)
