"""More accounts than one call of the API lists."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from integration.accounts import connections
from integration.accounts.workspaces import DEFAULT
from integration.services import Services
from integration.web.console import calls
from tests.console.visitor import Page

MANY = calls.PER_PAGE + 1


@pytest.fixture
def accounts(own: Services) -> list[str]:
    """The ids of more accounts than one call lists."""
    made = [
        connections.make(
            workspace=DEFAULT,
            provider="pairfon",
            label=f"Phone {number}",
            settings={"api_key": f"pf_{number}", "base_url": "http://127.0.0.1:9"},
        )
        for number in range(MANY)
    ]
    for each in made:
        connections.save(own, each)
    return [each.id for each in made]


def test_every_account_is_on_a_page(admin: FlaskClient, accounts: list[str]) -> None:
    first = admin.get("/console/connections")
    links = [each.get("href") or "" for _, each in Page(first.text).tags]
    [more] = [each for each in links if "cursor=" in each]
    both = first.text + admin.get(more).text
    assert [each for each in accounts if each not in both] == []


def test_every_account_can_be_a_fallback(admin: FlaskClient, accounts: list[str]) -> None:
    shown = admin.get("/console/sending").text
    assert [each for each in accounts if f'value="{each}"' not in shown] == []
