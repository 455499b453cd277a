"""Health: is the process alive, and is everything there that it needs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from redis.exceptions import RedisError, ResponseError

from integration import keys
from integration.clock import now_ms
from integration.store import TextStore
from integration.web.answers import as_json
from integration.web.current import services

routes = Blueprint("health", __name__)


@routes.get("/healthz")
def alive() -> Response:
    return as_json({"status": "ok"})


@routes.get("/readyz")
def ready() -> Response:
    """200 when requests can be served; what is degraded is said beside it."""
    try:
        checks = {
            "store": _store(services().db),
            "worker": _seen("worker"),
            "scheduler": _seen("scheduler"),
        }
    except RedisError as error:
        away = {"ok": False, "detail": f"The store does not answer ({type(error).__name__})."}
        return as_json({"status": "unavailable", "checks": {"store": away}}, 503)
    # Without a worker nothing is sent, but what is accepted is kept: that is still service.
    ok = all(check["ok"] for check in checks.values())
    return as_json({"status": "ok" if ok else "degraded", "checks": checks})


def _seen(kind: str) -> dict[str, Any]:
    last = services().db.get(keys.heartbeat(kind))
    if last is None:
        return {"ok": False, "detail": f"No {kind} has been seen lately; start one."}
    return {"ok": True, "detail": f"Seen {max(0, now_ms() - int(last)) // 1000} s ago."}


def _store(db: TextStore) -> dict[str, Any]:
    db.ping()
    persistence, memory = db.info("persistence"), db.info("memory")
    warnings = []
    if not persistence.get("aof_enabled"):
        warnings.append("The append-only file is off: a crash of the store loses data.")
    if persistence.get("aof_last_write_status", "ok") != "ok":
        warnings.append("The store cannot write its append-only file: is the disk full?")
    policy = memory.get("maxmemory_policy") or _policy(db)
    if policy not in ("noeviction", None):
        warnings.append(f"maxmemory-policy is {policy}: the store may drop data; use noeviction.")
    return {"ok": not warnings, "detail": " ".join(warnings) or "Durable."}


def _policy(db: TextStore) -> str | None:
    """None where the server forbids asking, as some managed ones do."""
    try:
        found: dict[str, str] = db.config_get("maxmemory-policy")
    except ResponseError:
        return None
    return found.get("maxmemory-policy")
