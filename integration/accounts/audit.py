"""The audit list of a workspace: who did what to its connections, keys and hooks, and to itself.

An entry names what was done and never holds a secret, a number or a text.
"""

import json
from typing import Any

from integration.kernel import times
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import TextStore
from integration.store.clock import wall_ms

OPERATOR, COMMAND_LINE, SETTINGS, TARGET = "operator", "command line", "settings", "target"
"""Who acts without an API key."""
EVERY = "*"
"""The list of what the operator did to workspaces; no workspace has this name."""


def note(
    db: TextStore,
    workspace: str,
    action: str,
    subject: str,
    *,
    by: str,
    detail: str = "",
    request_id: str = "",
) -> None:
    """Add an entry. `action` is such as `hook.created`, `by` the id of an API key or a word."""
    entry = {"by": by, "action": action, "subject": subject, "detail": detail}
    name = keys.audit(workspace)
    with db.pipeline(transaction=True) as pipe:
        pipe.xadd(name, {"e": json.dumps(entry | {"request_id": request_id})})
        pipe.xtrim(name, maxlen=lifetimes.AUDIT_KEPT, approximate=False)
        pipe.xtrim(name, minid=f"{_oldest_ms()}-0", approximate=False)
        pipe.expire(name, lifetimes.AUDIT_SECONDS)
        pipe.execute()


def listed(
    services: Services, workspace: str, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int | None]:
    """One page, newest first, and the offset of the next page if any."""
    oldest = f"{_oldest_ms()}-0"
    rows = services.db.xrevrange(keys.audit(workspace), "+", oldest, offset + limit + 1)
    found = [_shown(*row) for row in rows[offset : offset + limit]]
    return found, offset + limit if len(rows) > offset + limit else None


def _oldest_ms() -> int:
    return wall_ms() - lifetimes.AUDIT_SECONDS * 1000


def _shown(position: str, fields: dict[str, str]) -> dict[str, Any]:
    return {"at": times.from_ms(int(position.partition("-")[0])), **json.loads(fields["e"])}
