"""P3: accepting a send, validated, idempotent and committed, against bare routes that enqueue."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from proofs.bench import load, marks, service
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Measures

CONNECTIONS = 16
SECONDS = 6.0
BODY = json.dumps(
    {"phone": "+14155550123", "device_fingerprint": "abc123", "message": service.TEXT}
).encode()
GOALS = (
    Goal(
        text="rate of `POST /v1/actions/send-sms` over that of RQ's `queue.enqueue`",
        of=("send-sms", "rate"),
        over=("bare enqueue", "rate"),
        least=1.3,
    ),
    Goal(
        text="its rate over that of a bare XADD",
        of=("send-sms", "rate"),
        over=("bare XADD", "rate"),
        least=0.8,
    ),
)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    with service.running(ground, "web") as ours:
        program, bare = service.bare(ground)
        world = ours.world()

        def flood(url: str, **headers: str) -> Measures:
            ground.server.peers.flushdb()
            run = secrets.token_hex(4)

            def make(number: int) -> bytes:
                own = {**headers, "Idempotency-Key": f"{run}-{number}"}
                return load.request("POST", url, marks.marked(BODY, number), own)

            seconds = ground.seconds(SECONDS)
            return load.flood(url, make, seconds=seconds, connections=CONNECTIONS).measures()

        key = f"Bearer {world.key}"
        yield {
            "send-sms": lambda: flood(f"{ours.url}/v1/actions/send-sms", Authorization=key),
            "bare enqueue": lambda: flood(f"{bare}/enqueue"),
            "bare XADD": lambda: flood(f"{bare}/xadd"),
        }
        program.stop()


LEG = Leg(key="p3", title="Accepting one send", goals=GOALS, open=opened)
