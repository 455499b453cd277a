"""An account that brings texts by its webhook alone is registered as soon as somebody polls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.accounts import api_keys
from integration.app import create
from integration.services import Services
from tests.delivery.drains import WORKSPACE
from tests.inbound.entry_account import EntryProvider, Registering, registering


@pytest.fixture
def account(own: Services) -> Iterator[Registering]:
    with registering(own, EntryProvider) as found:
        yield found


@pytest.mark.parametrize(
    "path",
    [
        "/v1/triggers/inbound-sms",
        "/v1/triggers/new-conversation",
        "/v1/triggers/message-status",
        "/v1/triggers/inbound-sms?consumer=zap",
        "/zapier/inbound-sms",
    ],
)
def test_a_poll_has_it_registered_at_the_next_turn(account: Registering, path: str) -> None:
    account.turn()
    assert account.upstream.ours() == []
    _, key = api_keys.create(account.own.db, WORKSPACE, "A platform")
    answer = create(account.own).test_client().get(path, headers={"X-API-Key": key})
    assert answer.status_code == 200, answer.text
    account.turn()
    assert [each.url for each in account.upstream.ours()] == [account.url()]


def test_a_poll_for_phones_alone_has_nothing_registered(account: Registering) -> None:
    _, key = api_keys.create(account.own.db, WORKSPACE, "A platform")
    path = "/v1/triggers/device-status"
    create(account.own).test_client().get(path, headers={"X-API-Key": key})
    account.turn()
    assert account.upstream.ours() == []
