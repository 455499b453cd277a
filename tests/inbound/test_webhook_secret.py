"""The secret that a provider signs its webhooks with: derived, and shown to those who set it up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from integration.accounts import api_keys
from integration.accounts.connections import Connection
from integration.accounts.provider_link import link, reader
from integration.app import create
from integration.kernel.capabilities import ReadsWebhooks
from integration.services import Services
from integration.store.vault import Vault
from tests.console.visitor import Page
from tests.delivery.drains import WORKSPACE
from tests.inbound.entry_account import PUBLIC_URL, EntryProvider, Registering, registering


@pytest.fixture
def account(own: Services) -> Iterator[Registering]:
    with registering(own, EntryProvider) as found:
        yield found


def secrets_of(own: Services, account: Registering) -> list[str]:
    provider = reader(own, account.connection())
    assert isinstance(provider, ReadsWebhooks)
    assert provider.webhook_secret == provider.webhook_secrets[0]
    return list(provider.webhook_secrets)


def key_with(account: Registering, *scopes: str) -> str:
    return api_keys.create(account.own.db, WORKSPACE, "A key", scopes=scopes)[1]


def shown(account: Registering, connection: Connection, *scopes: str) -> Any:
    headers = {"X-API-Key": key_with(account, *scopes)}
    client = create(account.own).test_client()
    return client.get(f"/v1/connections/{connection.id}", headers=headers).get_json()


def test_it_is_the_connections_own_and_those_of_old_keys_still_count(
    account: Registering,
) -> None:
    [secret] = secrets_of(account.own, account)
    called = link(account.own, account.connection())
    assert isinstance(called, ReadsWebhooks)
    assert [*called.webhook_secrets] == [secret]
    vault = Vault("new key" * 5, (account.own.settings.secret_key,))
    newer, older = secrets_of(replace(account.own, vault=vault), account)
    assert older == secret != newer
    account.connect(api_key="another account")
    assert secrets_of(account.own, account) != [secret]


def test_it_is_shown_to_no_key_that_only_reads_nor_where_the_provider_takes_none(
    account: Registering, connection: Connection
) -> None:
    mine, [secret] = account.connection(), secrets_of(account.own, account)
    assert shown(account, mine, "read", "act")["webhook_secret"] == secret
    assert shown(account, mine, "read", "texts")["webhook_secret"] is None
    assert shown(account, connection, "read", "act")["webhook_secret"] is None


class Console:
    """Somebody signed in with a key, by our public address."""

    def __init__(self, account: Registering, *scopes: str) -> None:
        self.web: FlaskClient = create(account.own).test_client()
        self.press("/console/sign-in", key=key_with(account, *scopes))

    def page(self, path: str) -> str:
        return self.web.get(path, base_url=PUBLIC_URL, follow_redirects=True).text

    def press(self, path: str, **fields: str) -> str:
        forms = Page(self.page("/")).forms.values()
        given = {"csrf": next(str(form["csrf"]) for form in forms if form.get("csrf")), **fields}
        answer = self.web.post(path, data=given, base_url=PUBLIC_URL, follow_redirects=True)
        return answer.text


def test_the_console_shows_it_on_a_click_alone(account: Registering) -> None:
    [secret] = secrets_of(account.own, account)
    path, user = f"/console/connections/{account.id}", Console(account, "read", "admin")
    looked = user.page(path)
    assert "Webhook secret" in looked
    assert secret not in looked
    assert secret in user.press(f"{path}/secret")
    guest = Console(account, "read", "texts")
    assert "Webhook secret" not in guest.page(path)
    assert secret not in guest.press(f"{path}/secret")
