"""Sealed: hooks that another SECRET_KEY sealed. They are not gone, and nobody can see them."""

from collections.abc import Sequence

from integration.accounts import credentials
from integration.hooks import record
from integration.hooks.record import Hook
from integration.kernel.errors import Unavailable
from integration.services import Services
from integration.store import damaged, keys

SEALED = (
    "SECRET_KEY does not open the targets of some hooks, so these cannot be looked at, changed, or"
    " found by target. Give back the key, or remove them by their ids."
)
RETRY_SECONDS = 60


def check_opened(services: Services, workspace: str) -> None:
    """Raises Unavailable where another SECRET_KEY sealed a hook of the workspace: nobody can say
    whether its target is the one that is looked for."""
    if any(_locked(services, services.db.hvals(keys.hooks(workspace)))):
        raise Unavailable(SEALED, retry_after=RETRY_SECONDS)


def check_key(services: Services, workspace: str, hook_id: str = "") -> None:
    """Raises Unavailable where the workspace has hooks, or has this one, and SECRET_KEY opens no
    hook and no connection. Where it opens one of them, a hook that it does not open is damaged.

    A platform that read that its hook is gone would subscribe again."""
    ids = services.db.hvals(keys.hooks(workspace))
    is_there = hook_id in ids if hook_id else bool(ids)
    if is_there and not credentials.opens_any(services) and all(_locked(services, ids)):
        raise Unavailable(SEALED, retry_after=RETRY_SECONDS)


def _locked(services: Services, ids: Sequence[str]) -> list[Hook | None]:
    """Those without their targets; None for each that opens, or is damaged in another way."""
    records = damaged.hashes(services.db, [keys.hook(each) for each in ids])
    return [record.locked(services, *each) for each in zip(ids, records, strict=True)]
