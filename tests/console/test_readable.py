"""Every page can be read by everybody: contrast, names, headings, the keyboard, light and dark."""

from __future__ import annotations

import re

import pytest

from integration.accounts import api_keys, operators
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World
from tests.console import axe, readability
from tests.console.browser import Browser
from tests.console.test_pages import PAGES
from tests.console.visitor import Page, Visitor

MORE = ("/docs", "/docs/actions", "/docs/try/list_jobs", "/console/audit", "/console/activity")
FORMS = re.compile(r"/console/\w+/new|/edit$")


def used(world: World) -> list[str]:
    """A workspace in which something of each kind is there; the pages of these things."""
    connection = world.connect_pairfon()
    world.connect_cloud()
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=world.stack.url + "/nowhere")
    job = world.settled(world.send().json()["id"])["id"]
    world.inject("Is my table ready?")
    until(world.inbox, "the message in the inbox")
    things = [f"jobs/{job}", f"hooks/{hook.json()['id']}", f"connections/{connection}"]
    return [f"/console/{each}" for each in things]


def found(browser: Browser, *, by_axe: bool = False) -> list[str]:
    """What is wrong with the page, by our own rules and by those of axe, which take longer."""
    own = readability.faint(browser) + readability.nameless(browser)
    return own + (axe.violations(browser) if by_axe else [])


@pytest.mark.page
@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")])
def test_every_page_has_contrast_names_and_headings(
    browser: Browser, world: World, width: int, scheme: str
) -> None:
    things = used(world)
    browser.wide(width, scheme)
    browser.open("/console/sign-in")
    wrong = {"sign-in": found(browser)}
    browser.sign_in(world.key)
    for path in (*PAGES, *MORE, *things):
        browser.open(path)
        wrong[path] = found(browser, by_axe=scheme == "light")
        if browser.run("document.documentElement.scrollWidth - innerWidth") > 0:
            wrong[path].append("wider than the window")
    assert {path: each for path, each in wrong.items() if each} == {}


@pytest.mark.page
@pytest.mark.slow
def test_the_operators_pages_can_be_read_and_walked_by_the_keyboard(
    browser: Browser, stack: Stack
) -> None:
    browser.wide(1200, "dark")
    browser.open(f"/console/sign-in/link/{operators.make_link(stack.db, 'default')}")
    browser.key("Enter")
    browser.arrive("Overview")
    for path in ("/console/operator", "/console/workers"):
        browser.open(path)
        assert found(browser) == []
        browser.run("document.activeElement.blur()")
        names = browser.run(
            "(window.controls = [...document.querySelectorAll('a[href], button, input, summary')]"
            ".filter(each => each.checkVisibility() && each.type !== 'hidden'))"
            ".map(each => each.textContent.trim() || each.name)"
        )
        walked = []
        for _ in names:
            browser.key("Tab")
            walked.append(browser.run("window.controls.indexOf(document.activeElement)"))
        missing = [name for place, name in enumerate(names) if place not in walked]
        assert missing == [], "each control is reached, and none holds the focus"


def test_a_visitor_who_only_reads_is_offered_no_form_that_changes_something(
    visitor: Visitor, stack: Stack, world: World
) -> None:
    things = used(world)
    _, key = api_keys.create(stack.db, world.name, "viewer", scopes=["read", "texts"])
    assert visitor.sign_in(key).ok
    offered = {}
    for path in (*PAGES, *MORE, *things):
        answer = visitor.get(path)
        if answer.status_code == 403:
            continue
        changing = answer.text.count('method="post"') - answer.text.count(
            'action="/console/sign-out"'
        )
        led = [each for each in Page(answer.text).values("a", "href") if FORMS.search(each)]
        if changing or led:
            offered[path] = changing, led
    assert offered == {}
