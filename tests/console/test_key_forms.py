"""The page of API keys: what a form makes, once, and what it keeps where it is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from integration.accounts import api_keys
from integration.accounts.workspaces import DEFAULT
from integration.app import create
from integration.services import Services
from integration.web.console import key_pages
from tests.console.visitor import Page

KEYS = "/console/keys"


def form(admin: FlaskClient, action: str) -> dict[str, object]:
    return dict(Page(admin.get(KEYS).text).forms[action])


def names(own: Services) -> list[str]:
    return [each["name"] for each in api_keys.listed(own.db, DEFAULT)]


def test_a_key_that_may_do_nothing_is_not_made(admin: FlaskClient, own: Services) -> None:
    given = form(admin, KEYS) | {"name": "Harmless"}
    given.pop("scopes", None)
    answer = admin.post(KEYS, data=given)
    assert answer.status_code == 422
    assert "one scope at least" in answer.text
    assert names(own) == ["Admin"]


def test_a_refused_form_keeps_what_was_typed(admin: FlaskClient) -> None:
    given = form(admin, KEYS) | {"name": "My Zap", "scopes": "read", "expires_at": "31.1.2027"}
    answer = admin.post(KEYS, data=given)
    assert answer.status_code == 422
    page = Page(answer.text)
    again = page.forms[KEYS]
    ticked = [each["value"] for tag, each in page.tags if tag == "input" and "checked" in each]
    assert (again["name"], again["expires_at"], ticked) == ("My Zap", "31.1.2027", ["read"])


def test_a_reload_after_an_exchange_makes_no_further_key(admin: FlaskClient, own: Services) -> None:
    old = api_keys.create(own.db, DEFAULT, "Zapier")[0]["id"]
    path = f"{KEYS}/{old}/rotate"
    given = form(admin, path)
    assert admin.post(path, data=given).status_code == 200
    again = admin.post(path, data=given)
    assert (again.status_code, again.location) == (303, KEYS)
    assert sorted(names(own)) == ["Admin", "Zapier", "Zapier"]


def test_every_key_is_on_a_page(admin: FlaskClient, own: Services) -> None:
    made = [
        api_keys.create(own.db, DEFAULT, f"Key {number}")[0]["id"]
        for number in range(key_pages.PER_PAGE)
    ]
    first = admin.get(KEYS)
    links = [each.get("href") or "" for _, each in Page(first.text).tags]
    [more] = [each for each in links if "cursor=" in each]
    both = first.text + admin.get(more).text
    assert [each for each in made if each not in both] == []


@pytest.mark.parametrize("method", ["rotate", "revoke"])
def test_the_key_of_the_settings_is_changed_there(own: Services, method: str) -> None:
    value = "hk_environmentenvironmentenvironment"
    named = replace(own, settings=replace(own.settings, hookline_api_key=value))
    other = {"X-API-Key": api_keys.create(own.db, DEFAULT, "Other")[1]}
    client = create(named).test_client()
    assert client.get("/v1/me", headers={"X-API-Key": value}).status_code == 200
    [own_id] = [each["id"] for each in api_keys.listed(own.db, DEFAULT) if each["name"] != "Other"]
    path = f"/v1/keys/{own_id}"
    answer = (
        client.delete(path, headers=other)
        if method == "revoke"
        else client.post(f"{path}/rotate", headers=other)
    )
    assert answer.status_code == 409
    assert "HOOKLINE_API_KEY" in answer.text


def test_the_key_of_the_settings_has_no_buttons(admin: FlaskClient, own: Services) -> None:
    found = api_keys.create(own.db, DEFAULT, "HOOKLINE_API_KEY", source="environment")[0]
    page = Page(admin.get(KEYS).text)
    assert "from the service's settings" in page.text
    assert [each for each in page.forms if found["id"] in each] == []
