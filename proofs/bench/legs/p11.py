"""P11: a healthy account's send, alone and beside silent accounts and a backlog of another's."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from itertools import count

from proofs.bench import service
from proofs.bench.ground import Ground, Server
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.bench.service import Service
from proofs.rig.quantile import quantile
from proofs.rig.sandbox import until
from proofs.rig.stack import World

ACCOUNTS, SENDS = 4, 75
"""Below the hundred a minute that one provider account is allowed; each round has its own."""
SILENT, TEXTS = 50, 4
BACKLOG, BATCH = 20_000, 100
SETTLING = 3.0
"""Seconds in which every silent account's first call has come to hang."""
PATIENCE = 60.0
numbers = count()
GOALS = tuple(
    Goal(
        text=f"call to provider beside {SILENT} silent accounts and a backlog of {BACKLOG:,} over"
        f" alone, {measure}",
        of=("beside", measure),
        over=("alone", measure),
        most=most,
    )
    for measure, most in (("p50", 1.2), ("p99", 1.5))
)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    """Each measurement has a service and a store of its own: none has the work to do that an
    earlier one left."""
    yield {"alone": lambda: _alone(ground), "beside": lambda: _beside(ground)}


@contextmanager
def _service(ground: Ground) -> Iterator[Service]:
    server = Server(ground, ground.folder / f"own-{next(numbers)}")
    try:
        with service.running(ground, *service.ALL, server=server) as ours:
            yield ours
    finally:
        server.program.kill()


def _alone(ground: Ground) -> Measures:
    with _service(ground) as ours:
        return _sends(ours)


def _beside(ground: Ground) -> Measures:
    with _service(ground) as ours:
        silent = [ours.world() for _ in range(ground.count(SILENT, 4))]
        for world in silent:
            world.fault("hang", "POST", times=0)
            for number in range(TEXTS):
                world.send(phone=service.phone(number))
        limited = ours.world()
        _fill(limited, ground.count(BACKLOG, 200))
        time.sleep(SETTLING)
        found = _sends(ours)
        return found | {"taken of the backlog": float(len(limited.sends()))}


def _fill(world: World, texts: int) -> None:
    def batch(first: int) -> None:
        phones = [f"+1415{5_550_000 + first + number:07d}" for number in range(BATCH)]
        answer = world.send(phone=phones)
        if answer.status_code != 202:
            raise RuntimeError(f"The backlog is refused: {answer.status_code} {answer.text[:200]}")

    with ThreadPoolExecutor(4) as callers:
        list(callers.map(batch, range(0, texts, BATCH)))


def _sends(ours: Service) -> Measures:
    """Milliseconds from before the call to the line in the provider's log."""
    worlds = [ours.world() for _ in range(ACCOUNTS)]
    began: dict[str, float] = {}
    web = HTTPConnection("127.0.0.1", ours.port)
    for number in range(ours.ground.count(SENDS)):
        for world in worlds:
            text = f"Your table is ready, {world.name} {number}"
            body = json.dumps({"phone": service.phone(number), "message": text})
            headers = {"Authorization": f"Bearer {world.key}", "Content-Type": "application/json"}
            began[text] = time.time()
            web.request("POST", "/v1/actions/send-sms", body, headers)
            if (answer := web.getresponse()).status != 202:
                raise RuntimeError(f"Refused: {answer.status} {answer.read()[:200]!r}")
            answer.read()
            # The next one finds this one gone.
            time.sleep(0.02)
    web.close()
    took = [_at(found) - began[found["text"]] for found in _taken(worlds, len(began))]
    return {"p50": quantile(took, 0.5) * 1000, "p99": quantile(took, 0.99) * 1000}


def _taken(worlds: list[World], texts: int) -> list[dict[str, str]]:
    def found() -> list[dict[str, str]]:
        lines = [line for world in worlds for line in world.sends()]
        return lines if len(lines) >= texts else []

    return list(until(found, f"{texts} texts at the provider", PATIENCE))


def _at(line: dict[str, str]) -> float:
    return datetime.fromisoformat(line["at"]).timestamp()


LEG = Leg(key="p11", title="A healthy account beside silent ones", goals=GOALS, open=opened)
