"""Connecting in a browser: a refused key is not kept unawares; what is missing is said in place."""

from __future__ import annotations

import json

import pytest

from proofs.rig.stack import World
from tests.console.browser import Browser

pytestmark = [pytest.mark.page, pytest.mark.slow]


def fill(browser: Browser, key: str, base: str) -> None:
    for field, value in (("api_key", key), ("base_url", base), ("label", "Office")):
        browser.run(f"document.querySelector('#f-{field}').value = {json.dumps(value)}")
    browser.run("document.querySelector('form.form').requestSubmit()")


def test_a_refused_key_is_kept_only_by_the_button_that_says_so(
    browser: Browser, world: World
) -> None:
    base = world.stack.sandbox.url + "/pairfon"
    browser.sign_in(world.key)
    browser.open("/console/connections/new/pairfon")
    fill(browser, "wrong-key", base)
    told = browser.until("document.querySelector('.notice.bad')?.textContent")
    assert "Nothing is saved" in told
    assert world.get("/v1/connections")["data"] == []
    assert browser.run("document.querySelector('#f-label').value") == "Office"
    fill(browser, world.pairfon_key, base)
    browser.until("document.querySelector('.badge')?.textContent === 'ok'")
    [kept] = world.get("/v1/connections")["data"]
    assert (kept["label"], kept["health"]) == ("Office", "ok")
    browser.open(f"/console/connections/{kept['id']}/edit")
    browser.run("document.querySelector('#f-api_key').value = 'another-wrong-key'")
    browser.run("document.querySelector('form.form').requestSubmit()")
    browser.until("document.body.textContent.includes('Nothing is saved')")
    assert world.get(f"/v1/connections/{kept['id']}")["health"] == "ok"
    browser.press("Keep anyway")
    browser.until("document.querySelector('.badge')?.textContent === 'failing'")


def test_the_first_call_of_a_platform_shows_by_itself(browser: Browser, world: World) -> None:
    browser.sign_in(world.key)
    browser.open("/console/apps/zapier")
    browser.press("Make a key for Zapier")
    key = browser.until("document.querySelector('.notice.good code')?.textContent")
    browser.until(
        "document.querySelector('.seen').textContent.includes('waits for its first call')"
    )
    world.key = key
    assert world.get("/v1/me")["scopes"] == ["act", "hooks", "read", "texts"]
    browser.until("document.querySelector('.seen').textContent.includes('first call seen at')")
    assert browser.complaints == []
