"""Hooks: REST-hook subscriptions: a trigger, filters, and where to POST."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from integration import keys
from integration.clock import now_ms
from integration.kernel import times
from integration.kernel.catalog import dashed
from integration.kernel.errors import Conflict, NotFound
from integration.services import Services
from integration.store import Script

SUBSCRIBE = Script(__file__, "subscribe")
CHANGE = Script(__file__, "change")
REMOVE = Script(__file__, "remove")
ACTIVE, PAUSED = "active", "paused"
NO_HOOK = "There is no hook with this id in this workspace."
SECRET_BYTES = 24
"""Standard Webhooks asks for 24 to 64 random bytes."""


@dataclass(frozen=True, kw_only=True)
class Hook:
    """`since` is the inbox position at its making; what lies before it is not for this hook."""

    id: str
    workspace: str
    trigger: str
    target_url: str
    filters: Mapping[str, Any]
    secret: str
    status: str
    created_ms: int
    since: str
    platform: str = ""
    description: str = ""
    status_detail: str = ""


def subscribe(
    services: Services,
    workspace: str,
    *,
    trigger: str,
    target_url: str,
    filters: Mapping[str, Any],
    platform: str = "",
    description: str = "",
) -> tuple[Hook, bool]:
    """The hook and whether it was made now; the same subscription gives the one that exists."""
    hook = Hook(
        id=f"hook_{secrets.token_hex(10)}",
        workspace=workspace,
        trigger=trigger,
        target_url=target_url,
        filters=filters,
        secret=secrets.token_hex(SECRET_BYTES),
        status=ACTIVE,
        created_ms=now_ms(),
        since="",
        platform=platform,
        description=description,
    )
    kind = services.catalog.trigger(trigger).kind
    slots = [
        keys.hooks(workspace),
        keys.hook(hook.id),
        keys.inbox(workspace, kind),
        keys.fanout_position(workspace, kind),
    ]
    head = [digest_of(hook), hook.id, keys.HOOK_PREFIX]
    hook_id, made = SUBSCRIBE.run(services.db, slots, [*head, *_pairs(services, hook)])
    return get(services, workspace, hook_id), bool(made)


def digest_of(hook: Hook) -> str:
    facts = json.dumps([hook.trigger, hook.target_url, sorted(hook.filters.items())])
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def get(services: Services, workspace: str, hook_id: str) -> Hook:
    found = by_id(services, hook_id)
    if found is None or found.workspace != workspace:
        raise NotFound(NO_HOOK)
    return found


def by_id(services: Services, hook_id: str) -> Hook | None:
    record = services.db.hgetall(keys.hook(hook_id))
    return _hook(services, record) if "sealed" in record else None


def listed(services: Services, workspace: str) -> list[Hook]:
    """The workspace's hooks, oldest first."""
    with services.db.pipeline(transaction=False) as pipe:
        for hook_id in services.db.hvals(keys.hooks(workspace)):
            pipe.hgetall(keys.hook(hook_id))
        records = pipe.execute()
    found = [_hook(services, record) for record in records if "sealed" in record]
    return sorted(found, key=lambda hook: (hook.created_ms, hook.id))


def change(services: Services, hook: Hook, **changes: Any) -> Hook:
    """Store a changed hook; Conflict where another one already has that subscription."""
    changed = replace(hook, **changes)
    slots = [keys.hooks(hook.workspace), keys.hook(hook.id)]
    head = [digest_of(hook), digest_of(changed), hook.id, changed.status]
    outcome = CHANGE.run(services.db, slots, [*head, *_pairs(services, changed)])
    if outcome == "taken":
        raise Conflict("Another hook has this trigger, target and filters already; use that one.")
    if outcome == "gone":
        raise NotFound(NO_HOOK)
    return changed


def remove(services: Services, hook: Hook) -> None:
    """Take the hook and what it was owed away."""
    slots = [
        keys.hooks(hook.workspace),
        keys.hook(hook.id),
        keys.hook_due(hook.id),
        keys.hook_log(hook.id),
        keys.HOOKS_DUE,
        keys.owed(hook.workspace),
    ]
    REMOVE.run(services.db, slots, [digest_of(hook), hook.id, keys.DELIVERY_PREFIX])


def signing_secret(hook: Hook) -> str:
    """The secret in the form that Standard Webhooks libraries take."""
    return "whsec_" + base64.b64encode(bytes.fromhex(hook.secret)).decode()


def shown(hook: Hook, *, with_secret: bool) -> dict[str, Any]:
    body = {
        "id": hook.id,
        "trigger": dashed(hook.trigger),
        "target_url": hook.target_url,
        "filters": dict(hook.filters),
        "status": hook.status,
        "status_detail": hook.status_detail,
        "platform": hook.platform or None,
        "description": hook.description or None,
        "created_at": times.from_ms(hook.created_ms),
    }
    return body | ({"secret": signing_secret(hook)} if with_secret else {})


def _pairs(services: Services, hook: Hook) -> list[str]:
    return [part for pair in _record(services, hook).items() for part in pair]


def _record(services: Services, hook: Hook) -> dict[str, str]:
    return {
        "id": hook.id,
        "workspace": hook.workspace,
        "trigger": hook.trigger,
        "filters": json.dumps(dict(hook.filters)),
        # The address often carries the platform's own secret, so it is sealed as well.
        "sealed": services.vault.seal([hook.target_url, hook.secret]),
        "status": hook.status,
        "status_detail": hook.status_detail,
        "created_ms": str(hook.created_ms),
        "platform": hook.platform,
        "description": hook.description,
        "revision": secrets.token_hex(4),
    }


def _hook(services: Services, record: Mapping[str, str]) -> Hook:
    target_url, secret = services.vault.open(record["sealed"])
    return Hook(
        id=record["id"],
        workspace=record["workspace"],
        trigger=record["trigger"],
        target_url=target_url,
        filters=json.loads(record["filters"]),
        secret=secret,
        status=record["status"],
        created_ms=int(record["created_ms"]),
        since=record["since"],
        platform=record["platform"],
        description=record["description"],
        status_detail=record["status_detail"],
    )
