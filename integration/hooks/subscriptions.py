"""Hooks: REST-hook subscriptions: a trigger, filters, and where to POST."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from integration.hooks import record
from integration.hooks.record import Hook
from integration.kernel import times
from integration.kernel.catalog import dashed
from integration.kernel.errors import Conflict, NotFound
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.client import Script
from integration.store.clock import now_ms, wall_ms

SUBSCRIBE = Script(__file__, "subscribe")
CHANGE = Script(__file__, "change")
REMOVE = Script(__file__, "remove")
ACTIVE, PAUSED = "active", "paused"
NO_HOOK = "There is no hook with this id in this workspace."
SECRET_BYTES = 24
"""Standard Webhooks asks for 24 to 64 random bytes."""


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
        created_ms=wall_ms(),
        since="",
        platform=platform,
        description=description,
    )
    return _store(services, hook)


def _store(services: Services, hook: Hook) -> tuple[Hook, bool]:
    head = [record.digest_of(hook), hook.id, keys.hook.prefix, lifetimes.HOOKS_MOST]
    args = [*head, *record.pairs(services, hook, new=True)]
    hook_id, made = SUBSCRIBE.run(services.db, _slots(services, hook), args)
    if not hook_id:
        raise Conflict(
            f"This workspace has {lifetimes.HOOKS_MOST} hooks, which is the most;"
            " remove some first."
        )
    return get(services, hook.workspace, hook_id), bool(made)


def _slots(services: Services, hook: Hook) -> list[str]:
    kind = services.catalog.trigger(hook.trigger).kind
    return [
        keys.hooks(hook.workspace),
        keys.hook(hook.id),
        keys.inbox(hook.workspace, kind),
        keys.fanout_position(hook.workspace, kind),
        keys.hooks_revision(hook.workspace),
    ]


def get(services: Services, workspace: str, hook_id: str) -> Hook:
    found = by_id(services, hook_id)
    if found is None or found.workspace != workspace:
        raise NotFound(NO_HOOK)
    return found


def by_id(services: Services, hook_id: str) -> Hook | None:
    return several(services, [hook_id])[0]


def listed(services: Services, workspace: str) -> list[Hook]:
    """The workspace's hooks, oldest first."""
    read = several(services, services.db.hvals(keys.hooks(workspace)))
    found = [hook for hook in read if hook]
    return sorted(found, key=lambda hook: (hook.created_ms, hook.id))


def several(services: Services, ids: Sequence[str]) -> list[Hook | None]:
    records = damaged.hashes(services.db, [keys.hook(each) for each in ids])
    return [record.readable(services, *each) for each in zip(ids, records, strict=True)]


def change(services: Services, hook: Hook, **changes: Any) -> Hook:
    """Store a changed hook; Conflict where another one already has that subscription."""
    changed = replace(hook, **changes)
    slots = [keys.hooks(hook.workspace), keys.hook(hook.id), keys.hooks_revision(hook.workspace)]
    slots += [keys.hook_due(hook.id), keys.HOOKS_DUE, keys.WAKE]
    head = [record.digest_of(hook), record.digest_of(changed), hook.id, changed.status]
    head.append(_revision())
    outcome = CHANGE.run(services.db, slots, [*head, *record.pairs(services, changed)])
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
        keys.hooks_revision(hook.workspace),
        keys.DELIVERIES_LEASED,
    ]
    args = [record.digest_of(hook), hook.id, keys.delivery.prefix, _revision()]
    REMOVE.run(services.db, slots, args)


def _revision() -> str:
    """Of a workspace's hooks, by chance and never counted: a count begins anew in a store that was
    emptied, and drains would go by the hooks of the store before."""
    return secrets.token_hex(6)


def rotate(services: Services, hook: Hook, overlap_ms: int) -> Hook:
    """Give the hook a new secret; the old one goes on to sign, beside it, for `overlap_ms`."""
    return change(
        services,
        hook,
        secret=secrets.token_hex(SECRET_BYTES),
        old_secret=hook.secret if overlap_ms else "",
        old_until_ms=now_ms() + overlap_ms,
    )


def signing_keys(hook: Hook) -> list[bytes]:
    """The secrets that sign now, newest first."""
    both = [hook.secret] + ([hook.old_secret] if hook.old_until_ms > now_ms() else [])
    return [bytes.fromhex(each) for each in both if each]


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
