"""The API's pages within the console: the way back, and reads to try."""

from __future__ import annotations

import pytest

from integration.accounts import api_keys, operators
from proofs.rig.stack import Stack, World
from tests.console.browser import Browser
from tests.console.visitor import Visitor


def test_the_pages_stand_in_the_console_with_the_way_back(user: Visitor) -> None:
    for path in ("/docs", "/docs/jobs", "/docs/objects", "/docs/try/list_jobs"):
        shown = user.page(path)
        assert {"/", "/console/hooks"} <= set(shown.values("a", "href"))
    assert "/docs" in user.page("/").values("a", "href")


def test_a_read_is_tried_in_the_session(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    job = world.settled(world.send().json()["id"])
    assert job["id"] in user.page("/docs/try/list_jobs?go=1&limit=5").text
    assert job["id"] in user.page(f"/docs/try/get_job?go=1&job_id={job['id']}").text
    assert "There is no" in user.page("/docs/try/get_job?go=1&job_id=job_none").text
    assert f'"workspace": "{world.name}"' in user.page("/docs/try/get_me?go=1").text
    assert "limit" in user.page("/docs/try/poll_inbound_sms?go=1&limit=many").text


@pytest.mark.parametrize("call", ["list_workspaces", "run_send_sms", "download_platform", "none"])
def test_what_is_no_read_of_a_session_cannot_be_tried(user: Visitor, call: str) -> None:
    assert user.get(f"/docs/try/{call}?go=1").status_code == 404


def test_no_secret_is_on_the_page_and_another_workspace_is_closed(
    user: Visitor, stack: Stack, world: World
) -> None:
    target = {"trigger": "inbound-sms", "target_url": stack.url + "/nowhere"}
    own = world.post("/v1/hooks", **target).json()
    other = stack.workspace().post("/v1/hooks", **target).json()
    shown = user.get(f"/docs/try/get_hook?go=1&hook_id={own['id']}").text
    assert own["id"] in shown
    assert own["secret"] not in shown
    assert "whsec_" not in shown
    assert other["id"] not in user.get("/docs/try/list_hooks?go=1").text
    assert "There is no" in user.get(f"/docs/try/get_hook?go=1&hook_id={other['id']}").text


def test_a_key_tries_what_its_scopes_open(visitor: Visitor, stack: Stack, world: World) -> None:
    world.connect_pairfon()
    job = world.settled(world.send(message="Secret words").json()["id"])["id"]
    _, key = api_keys.create(stack.db, world.name, "viewer", scopes=["read"])
    assert visitor.sign_in(key).ok
    shown = visitor.get(f"/docs/try/get_job?go=1&job_id={job}")
    assert job in shown.text
    assert "Secret words" not in shown.text
    assert "lacks the scope" in visitor.get("/docs/try/list_keys?go=1").text


def test_without_a_session_and_without_a_store_the_document_is_shown(
    user: Visitor, visitor: Visitor, stack: Stack
) -> None:
    stack.pause("redis")
    try:
        shown = user.get("/docs/jobs")
    finally:
        stack.resume("redis")
    assert shown.ok
    assert "Sign in to try calls" in shown.text


@pytest.mark.page
@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1200])
def test_in_a_browser_the_pages_fit_and_a_call_is_tried(
    browser: Browser, stack: Stack, width: int
) -> None:
    browser.wide(width, "dark")
    browser.open(f"/console/sign-in/link/{operators.make_link(stack.db, 'default')}")
    browser.press("Sign in")
    browser.arrive("Overview")
    for path in ("/docs", "/docs/rest-hooks", "/docs/objects", "/docs/deliveries"):
        browser.open(path)
        browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert browser.run("document.documentElement.scrollWidth - innerWidth") <= 0, path
    browser.open("/docs/account")
    browser.run("document.querySelector('details').open = true")
    browser.press("Try it")
    browser.until("location.pathname === '/docs/try/get_me' && document.readyState === 'complete'")
    browser.press("Ask")
    browser.until("document.querySelector('main pre')?.textContent.includes('\"workspace\"')")
    assert browser.complaints == []
