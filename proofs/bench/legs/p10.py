"""P10: one send from end to end, the sandbox answering at once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from proofs.bench import service
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.bench.service import Service
from proofs.rig.quantile import quantile

SENDS = 80
"""Below the hundred a minute that one provider account is allowed; each round has its own."""
GOALS = (Goal(text="call to `sent`, p50", of=("send and wait", "p50"), most=15.0, unit="ms"),)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    with service.running(ground, *service.ALL) as ours:
        yield {
            "send and wait": lambda: _sends(ours, "?wait=20"),
            "send only": lambda: _sends(ours, ""),
        }


def _sends(ours: Service, query: str) -> Measures:
    """Milliseconds from before the request to the whole answer; with `wait` that says `sent`."""
    world = ours.world()
    web = HTTPConnection("127.0.0.1", ours.port)
    took = []
    count = ours.ground.count(SENDS)
    [device, *_] = world.get("/v1/options/devices")
    for number in range(count):
        body = json.dumps(
            {
                "phone": service.phone(number),
                "message": f"Your table is ready, {number}",
                "device_fingerprint": device["id"],
            }
        )
        headers = {"Authorization": f"Bearer {world.key}", "Content-Type": "application/json"}
        began = time.perf_counter()
        web.request("POST", f"/v1/actions/send-sms{query}", body, headers)
        answer = web.getresponse()
        reply = json.loads(answer.read())
        took.append((time.perf_counter() - began) * 1000)
        wanted = ("sent", "delivered") if query else ("queued",)
        if reply["status"] not in wanted:
            raise RuntimeError(f"Not {wanted[0]}: {reply}")
        # The next one finds everything idle again.
        time.sleep(0.02)
    web.close()
    return {"p50": quantile(took, 0.5), "p99": quantile(took, 0.99)}


LEG = Leg(key="p10", title="One send from end to end", goals=GOALS, open=opened)
