"""Registration in a list that is written as a whole, in an account that was away or forgets it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from integration.kernel.capabilities import ReadsWebhooks, RegistersWebhooks
from integration.kernel.errors import ProviderUnavailable
from integration.kernel.events import Account, UpstreamHook
from integration.kernel.signs import Signs
from integration.kernel.specs import Limit, Provider
from integration.services import Services
from tests.inbound.entry_account import EntrySettings, Registering, Upstream, registering


class ListProvider(Provider, ReadsWebhooks, RegistersWebhooks):
    key, label, help = "entries", "Entries", "Keeps webhooks as a list."
    settings, base_url = EntrySettings, "https://entries.example"
    limit, signs = Limit(requests=1000, seconds=1), Signs(ids=("id",))
    upstream: Upstream
    kept: Sequence[UpstreamHook] = ()

    def probe(self) -> Account:
        return Account(label=self.label)

    def read_webhook(self, *_: Any) -> Any:
        raise NotImplementedError  # no test here calls it

    def webhooks(self) -> list[UpstreamHook]:
        self.upstream.called("list")
        return list(self.kept)

    def set_webhooks(self, hooks: Sequence[UpstreamHook]) -> list[UpstreamHook]:
        self.upstream.called("set")
        if not self.upstream.drops:
            type(self).kept = list(hooks)
        return list(hooks)


@pytest.fixture
def account(own: Services) -> Iterator[Registering]:
    ListProvider.kept = ()
    with registering(own, ListProvider) as found:
        yield found


def test_an_account_that_was_away_is_well_with_the_first_write(account: Registering) -> None:
    def away(*_: object) -> None:
        raise ProviderUnavailable("Entries is away.")

    account.upstream.call = away
    account.listen()
    account.turn(seconds=700)
    assert account.said() == ("failing", "Entries is away.")
    account.upstream.call = lambda *_: None
    while not ListProvider.kept:
        account.turn(seconds=5)
    assert account.said() == ("registered", "")


def test_one_that_keeps_none_gets_few_calls_and_is_well_once_it_does(account: Registering) -> None:
    account.upstream.drops = True
    account.listen()
    account.turn(seconds=120)
    assert account.said()[0] == "not-kept"
    assert 4 <= len(account.upstream.calls) <= 8
    account.upstream.drops = False
    account.turn(seconds=1800)
    assert account.said() == ("registered", "")
