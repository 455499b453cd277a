"""A turn of the registration whose connection changes before the turn has its lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound import webhook_registration
from integration.services import Services
from tests.inbound.entry_account import EntryProvider, Registering, registering


@pytest.fixture
def account(own: Services) -> Iterator[Registering]:
    with registering(own, EntryProvider) as found:
        yield found


def before_the_lock(monkeypatch: pytest.MonkeyPatch, step: Callable[[], object]) -> None:
    """Let this happen once, when a turn is about to take its lock."""
    locked, steps = webhook_registration.locked, [step]

    def late(services: Services, connection: Connection) -> AbstractContextManager[bool]:
        while steps:
            steps.pop()()
        return locked(services, connection)

    monkeypatch.setattr(webhook_registration, "locked", late)


def test_a_connection_that_is_removed_gets_no_address_afterwards(
    account: Registering, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_lock(monkeypatch, account.leave)
    account.listen()
    assert account.upstream.ours() == []


def test_the_account_that_a_connection_left_gets_no_address_afterwards(
    account: Registering, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = account.connection()
    new = replace(old, settings={"api_key": "key_of_another_account"})
    saved = partial(connections.save, account.own, new, instead_of=old)
    before_the_lock(monkeypatch, saved)
    account.listen()
    assert account.upstream.calls == []
    account.turn()
    assert len(account.upstream.ours()) == 1, "in the new account, at its own turn"


def test_two_turns_at_once_ask_the_provider_once(
    account: Registering, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def other_process() -> None:
        account.turn()
        calls.append(len(account.upstream.calls))

    before_the_lock(monkeypatch, other_process)
    account.listen()
    assert calls == [len(account.upstream.calls)]
    assert len(account.upstream.ours()) == 1
