"""Health: is the process alive, and is everything there that it needs."""

import hmac
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response
from redis.exceptions import RedisError

from integration.accounts import credentials
from integration.inbound import own_address
from integration.kernel.errors import SettingsError, Unauthenticated
from integration.services import Services
from integration.store import (
    durability,
    heartbeat,
    keys,
    measuring,
    mends,
    replicas,
    server,
)
from integration.store.client import TextStore, in_passing
from integration.web.api import running
from integration.web.core import admission
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import call, services

routes = Blueprint("health", __name__)


@routes.get("/healthz")
def alive() -> Reply:
    return as_json({"status": "ok", "service": own_address.mark(services())})


@routes.get("/readyz")
def ready() -> Reply:
    """200 when requests can be served; what is degraded is said beside it."""
    try:
        admission.rehearse()
        checks = _checks()
    except RedisError as error:
        why = mends.known(error) or f"The store does not answer ({type(error).__name__})."
        away = {"ok": False, "detail": why}
        return as_json({"status": "unavailable", "checks": {"store": away}}, 503)
    # Without a worker nothing is sent, but what is accepted is kept: that is still service.
    ok = all(check["ok"] for check in checks.values())
    return as_json({"status": "ok" if ok else "degraded", "checks": checks})


def _checks() -> dict[str, dict[str, Any]]:
    facts = server.facts(services().db)
    alive = [each.queue for each in running.processes(services().db) if each.alive]
    return {
        "store": _store(services().db, facts),
        "connections": _connections(facts),
        "credentials": _credentials(services()),
        **_replicas(services()),
        "worker": _seen("worker", "worker with a free place") | _some(alive, keys.RQ_ACTIONS),
        "deliveries": _seen("deliveries", "worker for deliveries")
        | _some(alive, keys.RQ_DELIVERIES),
        "scheduler": _seen("scheduler", "scheduler"),
        "public_url": own_address.seen(services()),
    }


@routes.get("/metrics")
def metrics() -> Response:
    """What Prometheus scrapes. It gives METRICS_TOKEN as Bearer, where there is one."""
    token = services().settings.metrics_token
    given = call().header("HTTP_AUTHORIZATION").strip()
    if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Unauthenticated("Send METRICS_TOKEN as 'Authorization: Bearer …'.")
    with in_passing():
        measuring.keep(services().db)
    # The library takes 50 ms to import: the first scrape waits for that, and no start does.
    from integration.web.api.store_metrics import CONTENT_TYPE, scrape

    page = scrape(services().db, services().catalog, _checks())
    return Response(page, content_type=CONTENT_TYPE)


def _seen(kind: str, what: str) -> dict[str, Any]:
    age = heartbeat.age_ms(services().db, kind)
    if age is None:
        return {"ok": False, "detail": f"No {what} has been seen lately; start one."}
    return {"ok": True, "detail": f"Seen {age // 1000} s ago."}


def _some(alive: Sequence[str], queue: str) -> dict[str, Any]:
    """How many processes work off this queue, with a free place or without."""
    return {"processes": sum(queue in each.split(",") for each in alive)}


def _credentials(own: Services) -> dict[str, Any]:
    try:
        credentials.check(own)
    except SettingsError as error:
        return {"ok": False, "detail": error.message}
    return {"ok": True, "detail": "SECRET_KEY opens them."}


def _replicas(own: Services) -> dict[str, Any]:
    """Nothing where none are asked for."""
    wanted = own.settings.store_replicas
    if not wanted:
        return {}
    found = replicas.count(own.db, wanted)
    some = "1 replica confirms" if found == 1 else f"{found} replicas confirm"
    detail = f"{some} what is written; STORE_REPLICAS asks for {wanted}."
    if found < wanted:
        detail += " Until they do, calls are answered 503 and nothing is sent."
    return {"replicas": {"ok": found >= wanted, "detail": detail}}


def _store(db: TextStore, facts: server.Facts) -> dict[str, Any]:
    durability.watch(db)
    found = durability.complaints(db, facts)
    known = [server.unknown(facts) or "Durable.", durability.newness(db), durability.put_back(db)]
    return {"ok": not found, "detail": " ".join(found or filter(None, known))}


def _connections(facts: server.Facts) -> dict[str, Any]:
    found = server.room(facts)
    return {"ok": found.ok, "detail": found.detail, "used": found.used, "allowed": found.allowed}
