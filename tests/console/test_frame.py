"""What stands around every page: the links, the marks, the way back when something is away."""

from __future__ import annotations

import gzip
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integration.accounts import api_keys, operators
from integration.kernel.version import VERSION
from integration.web.console import rendering
from proofs.rig.sandbox import ROOT, until
from proofs.rig.stack import Stack, World
from tests.console.browser import Browser
from tests.console.test_pages import PAGES
from tests.console.visitor import Page, Visitor

ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (rendering.STATIC / "icons.svg").read_text()))
TEMPLATES = Path(rendering.__file__).parent / "templates" / "console"


def test_the_version_is_that_of_the_project(user: Visitor) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
    assert f"Hookline {VERSION}" in user.page("/").text


def test_every_page_has_its_mark(user: Visitor) -> None:
    assert {name for name, _ in rendering.NAVIGATION} <= ICONS
    for path in ("/console/apps", "/console/connections", "/console/hooks"):
        named = [there.partition("#")[2] for there in user.page(path).values("use", "href")]
        assert named
        assert {*named} <= ICONS, path
    for each in TEMPLATES.glob("*.html"):
        assert set(re.findall(r"icon\('([\w-]+)'\)", each.read_text())) <= ICONS, each.name


@pytest.mark.parametrize("path", ["/favicon.ico", "/console/static/icons.svg"])
def test_the_marks_are_served_to_everybody_as_drawings(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path, follow=False)
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        200,
        "image/svg+xml; charset=utf-8",
    )


def test_a_visitor_who_only_reads_is_shown_no_page_that_is_closed_to_him(
    visitor: Visitor, stack: Stack, world: World
) -> None:
    _, key = api_keys.create(stack.db, world.name, "viewer", scopes=["read"])
    assert visitor.sign_in(key).ok
    shown = visitor.page("/console/jobs").values("a", "href")
    assert "/console/hooks" in shown
    assert not {"/console/keys", "/console/audit", "/console/workers"} & {*shown}
    assert visitor.get("/console/workers").status_code == 403


def test_workers_are_shown_to_the_operator_and_not_to_other_workspaces(
    user: Visitor, stack: Stack
) -> None:
    assert user.get("/console/workers").status_code == 403
    user.press(f"/console/sign-in/link/{operators.make_link(stack.db, 'default')}")
    assert "Jobs: texts and other actions" in user.page("/console/workers").text
    until(lambda: user.page("/console/workers").text.count("process ") >= 2, "those that run here")
    stack.kill("worker")
    try:
        for name in list(stack.db.smembers("rq:workers")):
            stack.db.hset(name, "last_heartbeat", "2026-01-01T00:00:00.000000Z")
        assert "gone" in user.page("/console/workers").text
    finally:
        stack.start("worker")
    until(stack.is_ready, "the worker back")


def test_pages_and_assets_are_compressed_and_read_the_same(user: Visitor) -> None:
    for path in ("/console/hooks", *user.page("/").values("link", "href")[1:]):
        address = user.stack.url + path
        with user.web.get(address, headers={"Accept-Encoding": "gzip"}, stream=True) as packed:
            raw = packed.raw.read()
        plain = user.web.get(address, headers={"Accept-Encoding": "identity"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Content-Encoding" not in plain.headers
        assert len(raw) * 2 < len(plain.content)
        mask = re.compile(rb'(name="(?:csrf|once)" value=)"[^"]*"')
        assert mask.sub(rb"\1", gzip.decompress(raw)) == mask.sub(rb"\1", plain.content)


def test_a_form_token_reads_differently_each_time_and_what_a_form_makes_is_not_compressed(
    user: Visitor,
) -> None:
    tokens = [user.token() for _ in range(3)]
    assert len(set(tokens)) == 3
    for each in tokens:
        answer = user.post("/console/keys", csrf=each, name="x", scopes="read")
        assert answer.ok
        assert "Content-Encoding" not in answer.headers
    for wrong in ("", tokens[0][:-4], "A" * 86, "é", "x" * 43):
        assert user.post("/console/keys", csrf=wrong, name="x").status_code == 403


def test_a_form_of_the_release_before_is_taken(user: Visitor, stack: Stack) -> None:
    secret = user.web.cookies["hookline_session"]
    plain = stack.services.vault.token(f"console form {secret}")
    assert user.post("/console/keys", csrf=plain, name="x", scopes="read").ok


def test_while_the_store_is_away_every_page_keeps_its_frame_and_asks_again(
    user: Visitor, stack: Stack
) -> None:
    token = user.token()
    stack.pause("redis")
    try:
        with ThreadPoolExecutor(8) as pool:
            shown = dict(zip(PAGES, pool.map(user.get, PAGES), strict=True))
        sent = user.post("/console/keys", csrf=token, name="x")
    finally:
        stack.resume("redis")
    for path, answer in shown.items():
        page = Page(answer.text)
        assert answer.status_code == 503, path
        assert "/console/connections" in page.values("a", "href"), path
        assert "5" in page.values("meta", "content"), path
        assert "tries again" in page.text, path
    assert (sent.status_code, "http-equiv" in sent.text) == (503, False), "a form is not sent again"
    until(lambda: user.get("/console/hooks").ok, "the console back")


def enter(browser: Browser, stack: Stack) -> None:
    """As the operator, to a page whose list lives."""
    browser.open(f"/console/sign-in/link/{operators.make_link(stack.db, 'default')}")
    browser.press("Sign in")
    browser.arrive("Overview")
    browser.open("/console/workers")


@pytest.mark.page
@pytest.mark.slow
def test_in_a_browser_the_page_comes_back_with_the_store(browser: Browser, stack: Stack) -> None:
    enter(browser, stack)
    stack.pause("redis")
    try:
        browser.until("document.querySelector('.standing').textContent.includes('does not answer')")
        browser.open("/console/hooks")
        # It loads itself again each five seconds.
        browser.until("document.querySelector('.side nav a')?.textContent === 'Overview'")
    finally:
        stack.resume("redis")
    browser.arrive("Hooks")


@pytest.mark.page
@pytest.mark.slow
def test_in_a_browser_a_list_that_stands_still_says_so(browser: Browser, stack: Stack) -> None:
    enter(browser, stack)
    browser.run("getSelection().selectAllChildren(document.querySelector('#live td'))")
    browser.until("document.querySelector('.standing').textContent.includes('stands still')")
    browser.run("document.querySelector('#live h2').textContent = 'Old'")
    browser.run("getSelection().removeAllRanges()")
    browser.until("document.querySelector('#live h2').textContent === 'Queues'")
    browser.until("document.querySelector('.standing').textContent === ''")
