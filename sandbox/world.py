"""All accounts, rebuilt from the log at start; the one place where anything is accepted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox import clock
from sandbox.accounts import Account, Push, is_key
from sandbox.faults import Dice, Fault
from sandbox.log import Event, Log


class World:
    """Accounts by key. Hold `lock` while reading state that a commit depends on."""

    def __init__(self, folder: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.owed: Callable[[Push], None] = lambda _: None
        self._accounts: dict[str, Account] = {}
        self._dice = Dice()
        self._seq = 0
        self._log = Log(folder)
        for event in self._log.read():
            self._seq = event["seq"]
            self._apply(event)

    def account(self, key: str) -> Account | None:
        """The account of a well-formed key, made at its first use; None for any other key."""
        if not is_key(key):
            return None
        with self.lock:
            return self._accounts.setdefault(key, Account(key))

    def commit(self, account: Account, kind: str, **fields: Any) -> Event:
        """Log an effect, then carry it out. Raises OSError, with nothing done, if the log fails."""
        with self.lock:
            head = {"seq": self._seq + 1, "at": clock.now(), "account": account.key}
            event = {**head, "provider": account.provider, "kind": kind, **fields}
            self._log.append(event)
            self._seq += 1
            current = self._apply(event)
            for given in event.get("pushes", ()):
                self.owed(current.pushes[given["id"]])
        return event

    def unfinished(self) -> list[Push]:
        """What is still owed to webhooks, after a restart."""
        with self.lock:
            every = [push for each in self._accounts.values() for push in each.pushes.values()]
            return [push for push in every if not push.done]

    def push(self, key: str, push_id: str) -> tuple[Account, Push] | None:
        """A push with its account as they are now; None when a reset removed it."""
        with self.lock:
            account = self._accounts.get(key)
            found = account.pushes.get(push_id) if account else None
            return (account, found) if account and found else None

    def strike(self, account: Account, method: str, path: str, body: str) -> Fault | None:
        """The first queued fault that hits this request, counted as used."""
        with self.lock:
            for fault in account.faults:
                if fault.matches(method, path, body) and self._dice.strikes(fault):
                    if not fault.unlimited:
                        self.commit(account, "fault_used", fault=fault.id)
                    return fault
        return None

    def _apply(self, event: Event) -> Account:
        key = event["account"]
        if event["kind"] == "reset" or key not in self._accounts:
            self._accounts[key] = Account(key)
        self._accounts[key].apply(event)
        return self._accounts[key]
