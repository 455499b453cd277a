"""Subscriptions of REST hooks: a trigger, filters, and the address that events are POSTed to."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from integration.accounts import credentials
from integration.hooks import record, sealed, signing_secrets, waiting
from integration.hooks.record import Hook
from integration.kernel import times
from integration.kernel.catalog import dashed
from integration.kernel.errors import Conflict, NotFound
from integration.services import Services
from integration.store import damaged, keys, lifetimes, replicas
from integration.store.clock import wall_ms
from integration.store.script import Rest, script

ACTIVE, PAUSED = "active", "paused"
"""`integration/delivery/record_ended.lua` pauses a hook whose deliveries keep failing."""
NO_HOOK = "There is no hook with this id in this workspace."
TAKEN = "Another hook has this trigger, target and filters already; use that one."


@script("subscribe")
def SUBSCRIBE(
    *,
    workspace: str,
    kind: str,
    digest: str,
    hook_id: str,
    most: int,
    fields: Rest,
) -> None:
    """Make a hook of these fields and values, or find the one with this subscription."""


@script("change")
def CHANGE(
    *,
    workspace: str,
    before: str,
    digest_before: str,
    digest: str,
    hook_id: str,
    resumes: int,
    fresh: int,
    revision: str,
    fields: Rest,
) -> None:
    """Give a hook of revision `before` these fields and values; a drain reads the wake list."""


@script("remove")
def REMOVE(
    *,
    workspace: str,
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
    most: int | None = None,
    **more: Any,
) -> tuple[Hook, bool]:
    """The hook, and whether this call made it; the same subscription returns the existing hook.

    `more` is what else a new hook has: its platform and description, and whether it has `texts`.
    A platform that subscribes again wants events, so it resumes a paused hook.
    """
    hook = Hook(
        id=f"hook_{secrets.token_hex(10)}",
        workspace=workspace,
        trigger=trigger,
        target_url=target_url,
        filters=filters,
        secret=signing_secrets.new(),
        status=ACTIVE,
        created_ms=wall_ms(),
        since="",
        revision=_revision(),
        **more,
    )
    found, made = _store(services, hook, most or lifetimes.HOOKS_MOST)
    if found.status == PAUSED:
        found = change(services, found, status=ACTIVE)
    return found, made


def _store(services: Services, hook: Hook, most: int) -> tuple[Hook, bool]:
    kind = services.catalog.trigger(hook.trigger).kind
    call = SUBSCRIBE(
        workspace=hook.workspace,
        kind=kind,
        digest=record.digest_of(hook),
        hook_id=hook.id,
        most=most,
        fields=record.pairs(services, hook),
    )
    # A caller who gets 503 and subscribes again gets this hook.
    hook_id, made = replicas.kept(services.db, call, services.settings.store_replicas)
    if not hook_id:
        raise Conflict(f"This workspace has {most} hooks, which is the most; remove some first.")
    return get(services, hook.workspace, hook_id), bool(made)


def get(services: Services, workspace: str, hook_id: str) -> Hook:
    """Raises NotFound for an id of no hook here, and as `sealed.check_key`."""
    found = by_id(services, hook_id)
    if found is None:
        sealed.check_key(services, workspace, hook_id)
    if found is None or found.workspace != workspace:
        raise NotFound(NO_HOOK)
    return found


def by_id(services: Services, hook_id: str) -> Hook | None:
    return several(services, [hook_id])[0]


def listed(services: Services, workspace: str, *, locked: bool = False) -> list[Hook]:
    """The workspace's hooks, oldest first; as `several`."""
    read = several(services, services.db.hvals(keys.hooks(workspace)), locked=locked)
    found = [hook for hook in read if hook]
    return sorted(found, key=lambda hook: (hook.created_ms, hook.id))


def several(services: Services, ids: Sequence[str], *, locked: bool = False) -> list[Hook | None]:
    """None for those that cannot be read. With `locked`, one that another SECRET_KEY sealed comes
    without its target: only what it is owed may be made of it."""
    records = damaged.hashes(services.db, [keys.hook(each) for each in ids])
    found = [record.readable(services, *each) for each in zip(ids, records, strict=True)]
    if locked and None in found and not credentials.opens_some(services):
        pairs = zip(ids, records, found, strict=True)
        return [hook or record.locked(services, name, each) for name, each, hook in pairs]
    return found


def change(services: Services, hook: Hook, **changes: Any) -> Hook:
    """Store a changed hook; raises Conflict where another hook has that subscription already."""
    resumes = changes.get("status") == ACTIVE
    changes |= {"status_detail": ""} if resumes else {}
    return edit(services, hook, lambda current: replace(current, **changes), resumes=resumes)


def edit(
    services: Services, hook: Hook, edited: Callable[[Hook], Hook], *, resumes: bool = False
) -> Hook:
    """Edit the hook as it is now; where somebody else changed it meanwhile, edit that again.

    One that is resumed, or gets another target, lets nothing wait for its next try any longer."""
    while True:
        changed = replace(edited(hook), revision=_revision())
        fresh = resumes or changed.target_url != hook.target_url
        call = CHANGE(
            workspace=hook.workspace,
            before=hook.revision,
            digest_before=record.digest_of(hook),
            digest=record.digest_of(changed),
            hook_id=hook.id,
            resumes=int(resumes),
            fresh=int(fresh),
            revision=changed.revision,
            fields=record.changes(services, hook, changed),
        )
        outcome = replicas.kept(services.db, call, services.settings.store_replicas)
        if outcome == "taken":
            raise Conflict(TAKEN)
        if outcome != "stale":
            if fresh:
                waiting.hasten_late(services, hook.id)
            return changed
        hook = get(services, hook.workspace, hook.id)


def remove(services: Services, hook: Hook) -> None:
    """Remove the hook and its deliveries that are not settled."""
    _remove(services, hook.workspace, hook.id)


def remove_by_id(services: Services, workspace: str, hook_id: str) -> None:
    """The same, also of a hook that cannot be read. Raises NotFound for an id of no hook here."""
    if damaged.hashes(services.db, [keys.hook(hook_id)])[0].get("workspace") != workspace:
        raise NotFound(NO_HOOK)
    _remove(services, workspace, hook_id)


def _remove(services: Services, workspace: str, hook_id: str) -> None:
    REMOVE(workspace=workspace, hook_id=hook_id, revision=_revision()).run(services.db)


def _revision() -> str:
    """A random revision of a workspace's hooks. A counter would start again in a store that was
    emptied, and drains would keep the cached hooks of the old store."""
    return secrets.token_hex(6)


def rotate(services: Services, hook: Hook, overlap_ms: int) -> Hook:
    """Give the hook a new secret; see signing_secrets.rotation."""
    return edit(services, hook, signing_secrets.rotation(overlap_ms))


def named(hook: Hook) -> str:
    """What the audit list says of a hook. With the host alone: the address is often all that it
    takes to post to it."""
    return f"{dashed(hook.trigger)} to {urlsplit(hook.target_url).hostname or ''}"


def shown(hook: Hook, *, with_secret: bool) -> dict[str, Any]:
    body = {
        "id": hook.id,
        "trigger": dashed(hook.trigger),
        "target_url": hook.target_url,
        "filters": dict(hook.filters),
        "texts": hook.texts,
        "status": hook.status,
        "status_detail": hook.status_detail,
        "platform": hook.platform or None,
        "description": hook.description or None,
        "created_at": times.from_ms(hook.created_ms),
    }
    return body | ({"secret": signing_secrets.shown(hook)} if with_secret else {})
