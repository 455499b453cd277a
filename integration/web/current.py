"""The request at hand: its services, its caller, its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from integration.kernel.errors import Forbidden
from integration.services import Services

EXTENSION = "hookline"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose key opened the door. `scopes` is a subset of `api_keys.SCOPES`."""

    workspace: str
    key_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How much of a limit is left; `reset` is in whole seconds from now."""

    limit: int
    remaining: int
    reset: int


def services() -> Services:
    return cast("Services", current_app.extensions[EXTENSION])


def caller() -> Caller:
    return cast("Caller", g.caller)


def workspace() -> str:
    return caller().workspace


def require(scope: str) -> None:
    """Forbidden unless the caller's key has the scope."""
    if scope not in caller().scopes:
        raise Forbidden(f"This API key lacks the scope '{scope}'; use a key that has it.")
