"""Rights: what a key opens, and what its answers hide.

A caller whose key lacks the scope `texts` learns what happened, to whom and when. Everything that
such a caller reads comes without what messages say.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from integration.accounts.api_keys import ends_ms, scopes_of
from integration.store.clock import wall_ms
from integration.web.core.current import Caller, caller, require

READING = frozenset({"GET", "HEAD", "OPTIONS"})
CHANGING = {
    "hooks": "hooks",
    "accounts": "admin",
    "accounts.test": "act",
    "keys": "admin",
    "audit": "admin",
    "connections": "admin",
    "connections.test": "act",
}
"""The scope of what changes something, by the route's blueprint or endpoint; else `act`."""
CLOSED = ("keys", "audit")
"""Blueprints that only `admin` may read."""
PARTS = ("message", "last_message")
"""The members of events, of rows and of a job's input that hold what somebody wrote."""
WITHHELD = "withheld"
"""The member that names the emptied ones: an empty text may also be a message without words."""


def scope_of(endpoint: str, method: str) -> str:
    """What a call of this endpoint takes, such as `hooks.change` or `console.hooks.delete`."""
    place, _, name = endpoint.removeprefix("console.").rpartition(".")
    if method in READING and place not in CLOSED:
        return "read"
    return CHANGING.get(f"{place}.{name}", CHANGING.get(place, "act"))


def caller_of(record: Mapping[str, Any]) -> Caller:
    """The caller of a key's record."""
    return Caller(
        workspace=record["workspace"],
        key_id=record["id"],
        scopes=scopes_of(record),
        ends_ms=ends_ms(record),
        limits=record.get("limits") or {},
    )


def is_over(who: Caller) -> bool:
    """Whether the key of this caller has expired."""
    return 0 < who.ends_ms <= wall_ms()


def sees_texts() -> bool:
    return "texts" in caller().scopes


def sees_secrets() -> bool:
    """Whether the caller is shown signing secrets and ingress addresses: no key that only reads."""
    return not caller().scopes <= {"read", "texts"}


def require_for(filters: Iterable[str]) -> None:
    """Forbidden where a filter would tell what messages say to a caller who must not know."""
    if "contains" in filters:
        require("texts")


def events(stored: Iterable[bytes]) -> list[bytes]:
    """Stored events as the caller may see them."""
    if sees_texts():
        return list(stored)
    return [json.dumps(row(json.loads(each)), ensure_ascii=False).encode() for each in stored]


def row(found: Mapping[str, Any]) -> dict[str, Any]:
    """An event or a search's row as the caller may see it."""
    return dict(found) if sees_texts() else _emptied(found)


def job(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A job or a batch as the caller may see it."""
    if sees_texts():
        return dict(shown)
    if "jobs" in shown:
        return {**shown, "jobs": [job(each) for each in shown["jobs"]]}
    return {**shown, "input": _emptied(shown["input"]), "result": _emptied(shown["result"])}


def _emptied(found: Mapping[str, Any]) -> dict[str, Any]:
    held = [name for name in PARTS if found.get(name)]
    return {**found, **dict.fromkeys(held, ""), **({WITHHELD: held} if held else {})}
