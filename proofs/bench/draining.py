"""Draining: how fast a program empties a backlog into the sink, and the CPU that it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

from proofs.bench.ground import Ground
from proofs.bench.leg import Measures
from proofs.bench.program import Program
from proofs.bench.sink import Tally

WARM, DONE = 0.1, 0.9
"""The shares of the backlog between which CPU time is counted: no start, and no idling after."""


def drain(
    ground: Ground,
    count: int,
    start: Callable[[], Program],
    *,
    settled: Callable[[], None] | None = None,
) -> Measures:
    """Start the program on its backlog of `count`; every delivery must arrive, and only once."""
    ground.sink.reset()
    program = start()
    try:
        begun, cpu, server = _mark(ground, program, int(count * WARM))
        ended, cpu_then, server_then = _mark(ground, program, int(count * DONE))
        memory = max(each.memory_info().rss for each in program.tree()) / 1e6
        tally = ground.sink.wait_for(count)
        if settled:
            settled()
        time.sleep(0.2)
        _check(ground.sink.tally(), count)
    finally:
        program.stop()
    made = max(1, ended - begun)
    return {
        "rate": tally.rate,
        "worker µs": (cpu_then - cpu) / made * 1e6,
        "server µs": (server_then - server) / made * 1e6,
        "cpu µs": (cpu_then - cpu + server_then - server) / made * 1e6,
        "largest process MB": memory,
    }


def _mark(ground: Ground, program: Program, count: int) -> tuple[int, float, float]:
    """Arrivals, and the CPU seconds of program and server, once about so many arrived."""
    arrived = ground.sink.wait_for(count).arrived
    return arrived, program.cpu(), ground.server.cpu()


def _check(tally: Tally, count: int) -> None:
    if (tally.arrived, tally.distinct) != (count, count):
        raise RuntimeError(f"{tally.arrived} arrivals of {tally.distinct} deliveries, not {count}.")
