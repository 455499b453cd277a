"""Metrics for Prometheus: what waits, what is under way, and what was counted; no names."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response

from integration.jobs import rq_queue
from integration.store import keys
from integration.store.clock import now_ms
from integration.web.core.current import services

routes = Blueprint("metrics", __name__)
SIZES = {
    "jobs_waiting": (keys.JOBS_DUE, "Jobs that are queued or scheduled."),
    "jobs_sending": (keys.JOBS_LEASED, "Jobs that a process holds or that are being settled."),
    "hooks_due": (keys.HOOKS_DUE, "Hooks that are owed a delivery."),
    "broken_records": (keys.BROKEN, "Records that could not be read, of the last 30 days."),
}
HELP = "Counted since the store was new."


@routes.get("/metrics")
def metrics() -> Response:
    return Response("\n".join(_lines()) + "\n", mimetype="text/plain; version=0.0.4")


def _lines() -> Iterator[str]:
    db = services().db
    for name, (key, help) in SIZES.items():
        yield from _metric(name, "gauge", help, db.zcard(key))
    sending = db.hlen(keys.DELIVERIES_LEASED)
    yield from _metric("deliveries_sending", "gauge", "Deliveries under way.", sending)
    waiting = db.llen(rq_queue.waiting(keys.RQ_ACTIONS))
    yield from _metric("wakeups_waiting", "gauge", "RQ jobs waiting.", waiting)
    for process in ("worker", "scheduler"):
        last = db.get(keys.heartbeat(process))
        age = (now_ms() - int(last)) / 1000 if last else -1
        yield from _metric(f"{process}_seen_seconds", "gauge", "Seconds ago; -1 for never.", age)
    for name, count in sorted(db.hgetall(keys.COUNTERS).items()):
        yield from _metric(f"{name.replace('-', '_')}_total", "counter", HELP, count)


def _metric(name: str, kind: str, help: str, value: float | str) -> Iterator[str]:
    yield f"# HELP hookline_{name} {help}"
    yield f"# TYPE hookline_{name} {kind}"
    yield f"hookline_{name} {value}"
