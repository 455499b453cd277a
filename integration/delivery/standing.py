"""Standing: what a hook is doing, as its last attempts show it; the same everywhere."""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from integration.delivery import attempt
from integration.hooks.subscriptions import ACTIVE
from integration.kernel import times
from integration.services import Services
from integration.store import damaged, keys
from integration.store.client import TextStore
from integration.store.clock import as_wall, now_ms

NEW, WORKING, FAILING, WAITING, PAUSED = "new", "working", "failing", "waiting", "paused"
STATES = (NEW, WORKING, FAILING, WAITING, PAUSED)
FACTS = ("status", "status_detail", "failing_since", "last", "wait_until", "refusals")
"""The fields of a hook's record that its standing follows from."""
BUSY_STATUSES = (429, 503)
UNTRIED = "Nothing was sent since it was made, changed or resumed."
TAKES = "The target took the last delivery."
ASKED = "The target asked for time, so the whole hook waits."
REMOVED = "The connection of its filter was removed: change the filters, or connect it again."
STOPPED = "Somebody paused it; what comes waits until it is resumed."


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`state` is one of STATES, `detail` a sentence that says why.

    `since_ms` is since when no delivery was taken, None where the last one was (`now_ms`)."""

    state: str
    detail: str
    since_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A hook that does not work, as a look at a whole workspace shows it.

    `name` is the person's note on it, or its trigger; `since` is RFC 3339, None where unknown."""

    hook_id: str
    name: str
    state: str
    detail: str
    since: str | None


def standing(facts: Mapping[str, str | None]) -> Standing:
    """What FACTS mean; a value that is missing or makes no sense says nothing."""
    last, since = outcome(facts.get("last")), number(facts.get("failing_since"))
    if facts.get("status") != ACTIVE:
        detail = facts.get("status_detail") or STOPPED
        return Standing(state=PAUSED, detail=detail, since_ms=since)
    # A hook may wait for another reason, such as a SECRET_KEY that does not open it.
    asked = last is None or last["status"] in BUSY_STATUSES
    waits = (number(facts.get("wait_until")) or 0) > now_ms()
    if asked and (waits or (last and number(facts.get("refusals")))):
        return Standing(state=WAITING, detail=ASKED, since_ms=since)
    if since:
        return Standing(state=FAILING, detail=str(last["detail"]) if last else "", since_ms=since)
    if last and 200 <= last["status"] < 300:
        return Standing(state=WORKING, detail=TAKES)
    return Standing(state=NEW, detail=UNTRIED)


def troubles(services: Services, workspace: str) -> list[Trouble]:
    """The hooks that fail, wait or are paused, the worst first. Reads no secret, and opens none."""
    ids = services.db.hvals(keys.hooks(workspace))
    connected = {*services.db.zrange(keys.workspace_connections(workspace), 0, -1)}
    found = [
        _trouble(hook_id, record, connected)
        for hook_id, record in zip(ids, _records(services.db, ids), strict=True)
        if record
    ]
    worst = (FAILING, PAUSED, WAITING)
    troubled = [each for each in found if each.state in worst]
    return sorted(troubled, key=lambda each: (worst.index(each.state), each.since or "~"))


def _records(db: TextStore, ids: list[str]) -> list[dict[str, str]]:
    return damaged.hashes(db, [keys.hook(each) for each in ids])


def _trouble(hook_id: str, record: Mapping[str, str], connected: Set[str]) -> Trouble:
    stands = standing(record)
    if stands.state != PAUSED and not _filtered(record) <= connected:
        stands = replace(stands, state=FAILING, detail=REMOVED)
    return Trouble(
        hook_id=hook_id,
        name=record.get("description") or record.get("trigger", "").replace("_", "-"),
        state=stands.state,
        detail=stands.detail,
        since=times.from_ms(as_wall(stands.since_ms)) if stands.since_ms else None,
    )


def _filtered(record: Mapping[str, str]) -> set[str]:
    """The connection that the hook's filters name, if they name one."""
    try:
        wanted = json.loads(record["filters"]).get("connection")
    except damaged.NONSENSE:
        return set()
    return {str(wanted)} if wanted else set()


def number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 16 else None


def outcome(kept: str | None) -> dict[str, Any] | None:
    """The last attempt; None before the first, and where its record says nonsense."""
    try:
        return attempt.shown(json.loads(kept)) if kept else None
    except damaged.NONSENSE:
        return None
