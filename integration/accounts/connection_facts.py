"""Facts of a connection beside its settings: what is noted of it, and what the API shows."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from redis.client import Pipeline

from integration.accounts import pacing, standing
from integration.accounts.connections import Connection
from integration.kernel import times
from integration.kernel.catalog import dashed
from integration.kernel.specs import Provider
from integration.services import Services
from integration.store import damaged, keys
from integration.store.clock import wall_ms
from integration.store.counters import number
from integration.store.script import Rest, script

AS_STORED = {
    "last_gap": None,
    "unreadable": 0,
    "last_unreadable": None,
    "last_refused": None,
    "webhook": None,
}
"""Facts that are JSON, each with what stands for one that is missing or damaged."""


REFUSED = (
    "A webhook came whose signature was missing or wrong. If the provider sent it, our secret for"
    " signatures is not the provider's."
)
HEALTH = ("health", "health_detail", "health_since", "health_latest")
"""Facts of how the last calls went, in the order in which the script gives them."""


@script("note")
def NOTE(*, connection: str, facts: Rest) -> None:
    """Note facts of a connection that is still there: names and values."""


def note_gap(services: Services, connection: Connection, back_filled: int, detail: str) -> None:
    """Note that messages came in unseen, and how many of them the history gave us after all."""
    gap = {"at": times.from_ms(wall_ms()), "back_filled": back_filled, "detail": detail}
    _note(services, connection, "last_gap", gap)


def begin_backfill(pipe: Pipeline, connection: Connection, conversations: int) -> None:
    """Note, with what else `pipe` does, that so many conversations are to be read."""
    fresh = {"left": conversations, "total": conversations, "found": 0, "refused": 0}
    facts = {"since": times.from_ms(wall_ms()), **fresh}.items()
    flat = [part for name, fact in facts for part in (f"backfill_{name}", fact)]
    NOTE(connection=keys.connection(connection.id), facts=flat).queue(pipe)


def _backfill(facts: Mapping[str, str]) -> dict[str, Any] | None:
    """How far the last back-fill is; None before the first."""
    if "backfill_since" not in facts:
        return None
    left, total, found, refused = (
        number(facts.get(f"backfill_{name}", "")) or 0
        for name in ("left", "total", "found", "refused")
    )
    return {
        "state": "running" if left else "done",
        "since": facts["backfill_since"],
        "conversations_done": total - left,
        "conversations_total": total,
        "conversations_refused": refused,
        "messages_found": found,
    }


def note_webhook(services: Services, connection: Connection, state: str, detail: str) -> None:
    """Note what became of our address at the provider, and since when the state is this one."""
    before = fact(connection, "webhook") or {}
    if (before.get("state"), before.get("detail")) == (state, detail):
        return
    since = before["since"] if before.get("state") == state else times.from_ms(wall_ms())
    _note(services, connection, "webhook", {"state": state, "detail": detail, "since": since})


def note_refused(services: Services, connection: Connection) -> None:
    """Note when a webhook without a right signature last came."""
    _note(services, connection, "last_refused", {"at": times.from_ms(wall_ms()), "reason": REFUSED})


def _note(services: Services, connection: Connection, name: str, fact: Mapping[str, Any]) -> None:
    NOTE(connection=keys.connection(connection.id), facts=[name, json.dumps(fact)]).run(services.db)


def shown(services: Services, connection: Connection) -> dict[str, Any]:
    """What the API shows of a connection; secrets are left out."""
    kind = services.catalog.provider(connection.provider)
    return {
        "id": connection.id,
        "provider": dashed(connection.provider),
        "label": connection.label,
        "settings": _open_settings(kind, connection),
        "capabilities": kind.capabilities(),
        **_health(services, connection),
        "backfill": _backfill(connection.facts),
        **{name: fact(connection, name) for name in AS_STORED},
        "pacing": pacing.shown(connection),
        "source": connection.source,
    }


def fact(connection: Connection, name: str) -> Any:
    """One of AS_STORED."""
    try:
        return json.loads(connection.facts[name])
    except damaged.NONSENSE:
        return AS_STORED[name]


@script("mark")
def MARK(*, connection: str, health: str, detail: str, now: str, replaced: int) -> None:
    """Note how the last call of a connection went."""


def mark(
    services: Services, connection: Connection, problem: str = "", *, replaced: bool = False
) -> Connection:
    """Note how the last call went. The first cause of a failure stays until a call succeeds, unless
    it is to be `replaced`."""
    known = connection.facts
    latest = known.get("health_latest") if known.get("health") == "failing" else ""
    if "health" in known and problem == latest and not replaced:
        return connection
    return replace(
        connection,
        facts={**known, **mark_by_id(services, connection.id, problem, replaced=replaced)},
    )


def mark_by_id(
    services: Services, connection_id: str, problem: str, *, replaced: bool = False
) -> dict[str, str]:
    """The same where the record cannot be read; HEALTH as it is now."""
    call = MARK(
        connection=keys.connection(connection_id),
        health="failing" if problem else "ok",
        detail=problem,
        now=times.from_ms(wall_ms()),
        replaced=int(replaced),
    )
    return dict(zip(HEALTH, call.run(services.db), strict=True))


def _open_settings(kind: type[Provider], connection: Connection) -> dict[str, Any]:
    fields = kind.settings().fields
    return {
        name: value
        for name, value in connection.settings.items()
        if getattr(fields.get(name), "kind", "secret") != "secret"
    }


def _health(services: Services, connection: Connection) -> dict[str, Any]:
    """How the last calls went, and what the account's jobs wait for."""
    lane = standing.of(services.db, [connection.id])[connection.id]
    silent, known = lane.state == "silent", connection.facts
    health, cause, since, latest = (known.get(each, "") for each in HEALTH)
    if silent:
        cause, since = (cause, since) if health == "failing" else (lane.sentence, lane.since or "")
        health, latest = "failing", lane.sentence
    return {
        "health": health or "unknown",
        "health_detail": cause,
        "health_since": since or None if health == "failing" else None,
        "health_latest": latest if health == "failing" else "",
        "lane": {
            "state": lane.state,
            "jobs_waiting": lane.waiting,
            "jobs_paced": lane.paced,
            "since": lane.since,
            "next_try": lane.until,
            "full": list(lane.full),
        },
    }
