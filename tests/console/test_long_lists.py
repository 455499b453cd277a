"""More accounts than one call of the API lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from integration.accounts import connections
from integration.accounts.workspaces import DEFAULT
from integration.hooks import subscriptions
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
    shown, path = "", "/console/connections"
    while path:
        page = admin.get(path).text
        assert len(page) <= 100_000
        shown += page
        links = [each.get("href") or "" for _, each in Page(page).tags]
        path = "".join(each for each in links if "cursor=" in each)
    assert [each for each in accounts if each not in shown] == []


def test_every_account_can_be_a_fallback(admin: FlaskClient, accounts: list[str]) -> None:
    shown = admin.get("/console/sending").text
    assert [each for each in accounts if f'value="{each}"' not in shown] == []


@pytest.mark.parametrize("path", ["/console/jobs/new/send-sms", "/console/hooks/new"])
def test_every_account_can_be_chosen(admin: FlaskClient, accounts: list[str], path: str) -> None:
    shown = admin.get(path).text
    assert [each for each in accounts if f'value="{each}"' not in shown] == []


@pytest.fixture
def make_hook(own: Services) -> Callable[..., str]:
    def make(target: str, platform: str = "") -> str:
        hook, _ = subscriptions.subscribe(
            own, DEFAULT, trigger="inbound_sms", target_url=target, filters={}, platform=platform
        )
        return hook.id

    return make


def test_a_platform_shows_its_hooks_among_those_of_others(
    own: Services, admin: FlaskClient, make_hook: Callable[..., str]
) -> None:
    for number in range(205):
        make_hook(f"https://93.184.216.34/{number}")
    hook = make_hook("https://93.184.216.34/zap", platform="zapier")
    page = admin.get("/console/apps/zapier").text
    assert f"/console/hooks/{hook}" in Page(page).values("a", "href")


def test_a_platform_with_many_hooks_shows_the_newest_and_leads_to_the_others(
    admin: FlaskClient, make_hook: Callable[..., str]
) -> None:
    made = [make_hook(f"https://93.184.216.34/{each}", platform="zapier") for each in range(25)]
    page = admin.get("/console/apps/zapier").text
    shown = {each for each in made if f"/console/hooks/{each}" in Page(page).values("a", "href")}
    assert shown == {*made[5:]}
    assert "5 older hooks" in Page(page).text
