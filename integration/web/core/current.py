"""The request at hand: as it came, its services, its caller, its number.

One `Call` stands for it, whether Flask or the express way routes it. So every rule about a request
is written once.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from flask import request

from integration.kernel import request_id
from integration.kernel.errors import Forbidden
from integration.services import Services

EXTENSION = "hookline"
"""Under this name the app keeps its services, for what is prepared before any request."""
Environ = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose key opened the door. `scopes` is a subset of `api_keys.SCOPES`.

    The key opens nothing from `ends_ms` on, if that is not 0. `limits` are those that the workspace
    has of its own (accounts/workspaces.py)."""

    workspace: str
    key_id: str
    scopes: frozenset[str]
    ends_ms: int = 0
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How much of a limit is left; `reset` is in whole seconds from now."""

    limit: int
    remaining: int
    reset: int


class Call:
    """One HTTP request. `caller` and `quota` are known once it was admitted, `route` once its
    address was understood."""

    __slots__ = ("began", "caller", "method", "quota", "request_id", "route", "services", "wsgi")

    def __init__(self, services: Services, environ: Environ) -> None:
        self.services, self.wsgi = services, environ
        self.method: str = environ.get("REQUEST_METHOD", "GET")
        self.began = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        fit = given and request_id.GIVEN.fullmatch(given)
        self.request_id: str = given if fit else request_id.new()
        self.caller: Caller | None = None
        self.quota: Quota | None = None
        self.route = "-"

    def header(self, variable: str) -> str:
        """A header by its WSGI name (`HTTP_…`, `CONTENT_TYPE`), "" where it was not sent."""
        found: str = self.wsgi.get(variable, "")
        return found


_at_hand: ContextVar[Call] = ContextVar("call")


@contextmanager
def at_hand(made: Call) -> Iterator[Call]:
    """This is the request at hand until the context ends."""
    before = _at_hand.set(made)
    try:
        with request_id.working_for(made.request_id):
            yield made
    finally:
        _at_hand.reset(before)


def call() -> Call:
    return _at_hand.get()


def services() -> Services:
    return _at_hand.get().services


def caller() -> Caller:
    found = _at_hand.get().caller
    assert found is not None, "only what was admitted has a caller"
    return found


def workspace() -> str:
    return caller().workspace


def base_url() -> str:
    """Our address as others reach it, or else as this caller does."""
    return services().settings.public_url or request.url_root.rstrip("/")


def require(scope: str) -> None:
    """Forbidden unless the caller's key has the scope."""
    if scope not in caller().scopes:
        raise Forbidden(f"This API key lacks the scope '{scope}'; use a key that has it.")
