"""One account: a provider key and everything that was accepted under it."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox import assumptions, member, settings
from sandbox.faults import Fault, fault_from
from sandbox.log import Event
from sandbox.messaging_state import MessagingState
from sandbox.pairfon_state import PairfonState

PROVIDERS = {"pf_": "pairfon", "cm_": "cloud-messaging", "us_": "ultimate-sms"}
CALLS_KEPT = 20_000
RECEIVED = ("send", "contact", "group", "device_deleted", "webhooks")
_KEY = re.compile(r"[a-z]{2}_[A-Za-z0-9._-]{1,200}")


@dataclass(frozen=True, kw_only=True)
class Push:
    """One webhook or receipt that is owed, with what became of it so far."""

    id: str
    account: str
    url: str
    body: Any
    accepts: str
    due: float
    attempts: tuple[dict[str, Any], ...] = ()
    done: bool = False


@dataclass
class Account:
    """State of one key; it changes only in `apply`, at run time and at a restart alike."""

    key: str
    settings: settings.Settings = field(default_factory=settings.Settings)
    pairfon: PairfonState = field(default_factory=PairfonState)
    faults: list[Fault] = field(default_factory=list)
    received: list[Event] = field(default_factory=list)
    pushes: dict[str, Push] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    """Each request as it came, also a refused one; in memory only."""

    def __post_init__(self) -> None:
        self.messaging = MessagingState(self.key, self.settings.balance)
        self.member = member.of(self.key)
        self.state: Any = self.member.state(self.key) if self.member else None

    @property
    def provider(self) -> str:
        return provider_of(self.key)

    def apply(self, event: Event) -> None:
        kind = event["kind"]
        if kind in RECEIVED:
            self.received.append(event)
        for given in event.get("pushes", ()):
            self.pushes[given["id"]] = Push(account=self.key, **given)
        own = self.pairfon if self.provider == "pairfon" else self.messaging
        for owner in (self, self.state or own):
            change = getattr(owner, f"apply_{kind}", None)
            if change is not None:
                change(event)

    def apply_settings(self, event: Event) -> None:
        self.settings = settings.merged(self.settings, event["changes"])
        if "balance" in event["changes"]:
            self.messaging.balance = self.settings.balance

    def apply_faults(self, event: Event) -> None:
        self.faults = [*self.faults, *(fault_from(each) for each in event["faults"])]

    def apply_fault_used(self, event: Event) -> None:
        self.faults = [
            each.spent() if each.id == event["fault"] else each
            for each in self.faults
            if each.id != event["fault"] or each.times > 1 or each.unlimited
        ]

    def apply_faults_cleared(self, _: Event) -> None:
        self.faults = []

    def apply_push_attempt(self, event: Event) -> None:
        push = self.pushes.get(event["push"])
        if push is None:
            return
        attempt = {name: event[name] for name in ("at", "code", "error")}
        self.pushes[push.id] = replace(
            push,
            attempts=(*push.attempts, attempt),
            done=event["next"] is None,
            due=event["next"] or push.due,
        )


def provider_of(key: str) -> str:
    found = member.of(key)
    return found.mount.provider if found else PROVIDERS[key[:3]]


def beginnings() -> list[str]:
    """How the keys of the accounts begin."""
    return [*PROVIDERS, *(each.keys for each in member.members())]


def is_key(text: str) -> bool:
    shaped = len(text) >= assumptions.KEY_LENGTH_MIN and _KEY.fullmatch(text) is not None
    return shaped and text.startswith(tuple(beginnings()))
