"""P4: deliveries a second from a backlog, against the queues that people would use instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from proofs.bench import backlog, marks, service
from proofs.bench.draining import drain
from proofs.bench.ground import Ground
from proofs.bench.leg import Contestants, Goal, Leg, Measures
from proofs.bench.peers import environments, queues

BACKLOG = 20_000
HOOKS = 20
"""On one host, where 50 deliveries are under way at once at most: as many as BullMQ is given."""
CELERY, SIMPLE, FORK = 4_000, 800, 200
"""Shorter backlogs of the slower peers, some seconds each."""
GOALS = (
    Goal(text="rate over BullMQ's", of=("ours", "rate"), over=("BullMQ", "rate"), least=1.0),
    Goal(
        text="rate over that of RQ's SimpleWorker",
        of=("ours", "rate"),
        over=("RQ SimpleWorker", "rate"),
        least=30.0,
    ),
    Goal(
        text="rate over that of Celery's prefork of 8",
        of=("ours", "rate"),
        over=("Celery", "rate"),
        least=10.0,
    ),
    Goal(
        text="rate over that of a forking RQ worker with its imports preloaded",
        of=("ours", "rate"),
        over=("RQ fork", "rate"),
        least=100.0,
    ),
    Goal(
        text="CPU of worker and server for a delivery over BullMQ's",
        of=("ours", "cpu µs"),
        over=("BullMQ", "cpu µs"),
        most=1.0,
    ),
)


@contextmanager
def opened(ground: Ground) -> Iterator[Contestants]:
    with service.running(ground, "web") as ours:
        yield {
            "ours": partial(_drain_ours, ours, ground.sink.url),
            **_peers(ground),
            "ours over TLS": partial(_drain_ours, ours, ground.sink.sealed_url),
        }


def _drain_ours(ours: service.Service, address: Callable[[str], str]) -> Measures:
    events = ours.ground.count(BACKLOG) // HOOKS
    world = backlog.hooked(ours, [address(f"/{number}") for number in range(HOOKS)])
    backlog.owe(ours, world, events)
    return drain(
        ours.ground,
        events * HOOKS,
        lambda: ours.start("worker"),
        settled=lambda: backlog.wait_until_logged(ours, world),
    )


def _peers(ground: Ground) -> dict[str, Callable[[], Measures]]:
    found: dict[str, Callable[[], Measures]] = {}
    made: list[tuple[str, int, Callable[[], Any]]] = [
        (
            "BullMQ",
            BACKLOG,
            lambda: queues.Bullmq(ground=ground, folder=environments.node("bullmq")),
        ),
        ("Celery", CELERY, lambda: _celery(ground)),
        ("RQ SimpleWorker", SIMPLE, lambda: queues.Rq(ground=ground, kind="simple")),
        ("RQ fork", FORK, lambda: queues.Rq(ground=ground, kind="fork")),
    ]
    for name, count, make in made:
        try:
            found[name] = partial(_drain_peer, ground, make(), ground.count(count))
        except environments.AbsentError as error:
            ground.leave_out(name, str(error))
    return found


def _celery(ground: Ground) -> queues.Celery:
    interpreter = environments.python("celery", queues.CELERY)
    return queues.Celery(ground=ground, interpreter=interpreter)


def _drain_peer(ground: Ground, peer: Any, count: int) -> Measures:
    ground.server.peers.flushdb()
    peer.fill(ground.sink.url("/peer"), [body(number) for number in range(count)])
    return drain(ground, count, peer.work)


def body(number: int) -> bytes:
    """What our own event of this message looks like, about 300 bytes."""
    event = {
        "id": "sms_abcdefghijklmnopqrstuvwxyz",
        "provider_id": f"up-{number}",
        "connection": "conn_abcdefghijklmnop",
        "provider": "pairfon",
        "phone": service.phone(number),
        "message": service.TEXT,
        "sim_slot": "SIM1",
        "device_fingerprint": "abc123",
        "received_at": "2026-01-15T10:35:00Z",
    }
    text = json.dumps(event, separators=(",", ":")).encode()
    return marks.marked(text, number)


LEG = Leg(key="p4", title="Delivering a backlog", goals=GOALS, open=opened)
