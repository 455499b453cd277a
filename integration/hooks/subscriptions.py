"""Subscriptions of REST hooks: a trigger, filters, and the address that events are POSTed to."""

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
from integration.store.clock import now_ms, wall_ms
from integration.store.script import Rest, Slot, script

ACTIVE, PAUSED = "active", "paused"
"""`integration/delivery/record_ended.lua` pauses a hook whose deliveries keep failing."""
NO_HOOK = "There is no hook with this id in this workspace."
SECRET_BYTES = 24
"""Standard Webhooks asks for 24 to 64 random bytes."""


@script("subscribe", makes=(keys.hook,))
def SUBSCRIBE(
    *,
    hooks: Slot,
    hook: Slot,
    inbox: Slot,
    fanout_position: Slot,
    hooks_revision: Slot,
    digest: str,
    hook_id: str,
    most: int,
    fields: Rest,
) -> None:
    """Make a hook of these fields and values, or find the one with this subscription."""


@script("change")
def CHANGE(
    *,
    hooks: Slot,
    hook: Slot,
    hooks_revision: Slot,
    hook_due: Slot,
    hooks_due: Slot,
    wake: Slot,
    digest_before: str,
    digest: str,
    hook_id: str,
    status: str,
    revision: str,
    fields: Rest,
) -> None:
    """Give a hook these fields and values; a drain reads the wake list."""


@script("remove", makes=(keys.delivery,))
def REMOVE(
    *,
    hooks: Slot,
    hook: Slot,
    hook_due: Slot,
    hook_log: Slot,
    hooks_due: Slot,
    owed: Slot,
    hooks_revision: Slot,
    leased: Slot,
    digest: str,
    hook_id: str,
    revision: str,
) -> None:
    """Remove a hook and its deliveries that are not settled."""


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
    """The hook, and whether this call made it; the same subscription returns the existing hook."""
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
    kind = services.catalog.trigger(hook.trigger).kind
    hook_id, made = SUBSCRIBE(
        hooks=keys.hooks(hook.workspace),
        hook=keys.hook(hook.id),
        inbox=keys.inbox(hook.workspace, kind),
        fanout_position=keys.fanout_position(hook.workspace, kind),
        hooks_revision=keys.hooks_revision(hook.workspace),
        digest=record.digest_of(hook),
        hook_id=hook.id,
        most=lifetimes.HOOKS_MOST,
        fields=record.pairs(services, hook, new=True),
    ).run(services.db)
    if not hook_id:
        raise Conflict(
            f"This workspace has {lifetimes.HOOKS_MOST} hooks, which is the most;"
            " remove some first."
        )
    return get(services, hook.workspace, hook_id), bool(made)


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
    """Store a changed hook; raises Conflict where another hook has that subscription already."""
    changed = replace(hook, **changes)
    outcome = CHANGE(
        hooks=keys.hooks(hook.workspace),
        hook=keys.hook(hook.id),
        hooks_revision=keys.hooks_revision(hook.workspace),
        hook_due=keys.hook_due(hook.id),
        hooks_due=keys.HOOKS_DUE,
        wake=keys.WAKE,
        digest_before=record.digest_of(hook),
        digest=record.digest_of(changed),
        hook_id=hook.id,
        status=changed.status,
        revision=_revision(),
        fields=record.pairs(services, changed),
    ).run(services.db)
    if outcome == "taken":
        raise Conflict("Another hook has this trigger, target and filters already; use that one.")
    if outcome == "gone":
        raise NotFound(NO_HOOK)
    return changed


def remove(services: Services, hook: Hook) -> None:
    """Remove the hook and its deliveries that are not settled."""
    REMOVE(
        hooks=keys.hooks(hook.workspace),
        hook=keys.hook(hook.id),
        hook_due=keys.hook_due(hook.id),
        hook_log=keys.hook_log(hook.id),
        hooks_due=keys.HOOKS_DUE,
        owed=keys.owed(hook.workspace),
        hooks_revision=keys.hooks_revision(hook.workspace),
        leased=keys.DELIVERIES_LEASED,
        digest=record.digest_of(hook),
        hook_id=hook.id,
        revision=_revision(),
    ).run(services.db)


def _revision() -> str:
    """A random revision of a workspace's hooks. A counter would start again in a store that was
    emptied, and drains would keep the cached hooks of the old store."""
    return secrets.token_hex(6)


def rotate(services: Services, hook: Hook, overlap_ms: int) -> Hook:
    """Give the hook a new secret; the old one signs beside it for another `overlap_ms`."""
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
