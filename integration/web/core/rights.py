"""Rights: what a key opens, and what its answers hide.

A caller whose key lacks the scope `texts` learns what happened, to whom and when. Everything that
such a caller reads comes without what messages say.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from integration.accounts.api_keys import ends_ms, scopes_of
from integration.kernel.withheld import emptied, emptied_event
from integration.store.clock import wall_ms
from integration.web.core.current import Caller, caller, require

READING = frozenset({"GET", "HEAD", "OPTIONS"})
CHANGING = {
    "hooks": "hooks",
    "deliveries": "hooks",
    "accounts": "admin",
    "accounts.test": "act",
    "keys": "admin",
    "audit": "admin",
    "connections": "admin",
    "connections.test": "act",
    "sending": "admin",
    "opt_outs.change_rules": "admin",
    "pacing": "admin",
}
"""The scope of what changes something, by the route's blueprint or endpoint; else `act`."""
CLOSED = ("keys", "audit")
"""Blueprints that only `admin` may read."""


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
    return [emptied_event(each) for each in stored]


def row(found: Mapping[str, Any]) -> dict[str, Any]:
    """An event or a search's row as the caller may see it."""
    return dict(found) if sees_texts() else emptied(found)


def job(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A job or a batch as the caller may see it."""
    if sees_texts():
        return dict(shown)
    if "jobs" in shown:
        return {**shown, "jobs": [job(each) for each in shown["jobs"]]}
    return {**shown, "input": emptied(shown["input"]), "result": emptied(shown["result"])}
