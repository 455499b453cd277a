"""Members: the provider APIs that the sandbox finds by themselves, one file each.

A file `sandbox/<key>.py` that defines `MEMBER` is one. The two first providers are older than this,
and have parts of their own in other files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Blueprint

from sandbox.log import Event
from sandbox.mount import Mount


@dataclass(frozen=True, kw_only=True)
class Request:
    """A webhook as it goes out: `data` is its body, "" for a GET."""

    url: str
    data: bytes = b""
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


class State:
    """What an account of a member holds. It changes only in methods `apply_<kind>` of a subclass,
    which get the logged events; that of a text sent is `send`."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.sent: list[Event] = []
        self.arrived: list[Event] = []
        self.statuses: dict[str, str] = {}

    def apply_send(self, event: Event) -> None:
        self.sent.append(event)

    def apply_inbound(self, event: Event) -> None:
        self.arrived.append(event)

    def apply_status(self, event: Event) -> None:
        self.statuses[event["id"]] = event["status"]


@dataclass(frozen=True, kw_only=True)
class Member:
    """One provider API. Its functions get an Account (accounts.py, which imports this file), and
    `request` a Push. `keys` is how its accounts' keys begin, such as `tw_`.

    `arrives` commits a text that somebody sends to the account, from the object of the control
    `inbound`, and returns what to show of it. `status` does the same with the control `status`.
    `request` words a push when it goes out: signatures have a time.
    """

    mount: Mount
    keys: str
    api: Blueprint
    arrives: Callable[[Any, dict[str, Any]], dict[str, Any]]
    state: Callable[[str], State] = State
    status: Callable[[Any, dict[str, Any]], dict[str, Any]] | None = None
    request: Callable[[Any, Any], Request] | None = None
    shown: Callable[[Any], dict[str, Any]] = lambda _: {}


@cache
def members() -> tuple[Member, ...]:
    """Every member, by the names of their files."""
    names = sorted(each.stem for each in Path(__file__).parent.glob("*.py"))
    others = [name for name in names if name not in ("__init__", "member", "wsgi", "app")]
    found = (getattr(import_module(f"sandbox.{name}"), "MEMBER", None) for name in others)
    return tuple(each for each in found if each)


def of(key: str) -> Member | None:
    """The member that an account's key belongs to, None for the two first providers."""
    return next((each for each in members() if key.startswith(each.keys)), None)
