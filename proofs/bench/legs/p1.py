"""P1: one message through the ingress, committed, against a bare route that does one XADD."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from proofs.bench import load, marks, service
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.rig.sink import ingress_url

CONNECTIONS = 16
SECONDS = 8.0
GOALS = (
    Goal(
        text="rate of `POST /ingress` over that of a bare XADD",
        of=("ingress", "rate"),
        over=("bare XADD", "rate"),
        least=0.80,
    ),
    Goal(
        text="its p99 over the bare route's",
        of=("ingress", "p99"),
        over=("bare XADD", "p99"),
        most=1.5,
    ),
)


def body(number: int) -> bytes:
    """A webhook of Pairfon's; only its numbers differ from one to the next."""
    template = {
        "id": "m" + marks.MARK.decode(),
        "phone": service.phone(number),
        "message": service.TEXT,
        "sim_slot": "SIM1",
        "device_fingerprint": "abc123",
        "received_at": "2026-01-15T10:35:00Z",
    }
    mark = marks.mark(number)
    return json.dumps(template).encode().replace(marks.MARK, mark)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    with service.running(ground, "web") as ours:
        program, bare = service.bare(ground)
        address = ingress_url(ours.world())
        numbers = count(1, 10_000_000 // 100)

        def flood(url: str) -> Measures:
            ground.server.peers.flushdb()

            def make(number: int) -> bytes:
                return load.request("POST", url, body(number))

            first = next(numbers)
            seconds = ground.seconds(SECONDS)
            return load.flood(
                url, make, seconds=seconds, connections=CONNECTIONS, first=first
            ).measures()

        yield {"ingress": lambda: flood(address), "bare XADD": lambda: flood(f"{bare}/xadd")}
        program.stop()


LEG = Leg(key="p1", title="Receiving one message", goals=GOALS, open=opened)
