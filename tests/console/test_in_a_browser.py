"""The pages as a browser shows and runs them."""

from __future__ import annotations

import json

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import NEXT_YEAR, World
from tests.console.browser import Browser
from tests.console.test_pages import HOSTILE, PAGES

pytestmark = [pytest.mark.page, pytest.mark.slow]


def test_a_newcomer_signs_in_sends_a_text_and_sees_it_sent(browser: Browser, world: World) -> None:
    world.connect_pairfon()
    browser.sign_in(world.key)
    browser.press("Send a test SMS")
    browser.until("!!document.querySelector('#f-phone')")
    browser.run("document.querySelector('#f-phone').focus()")
    browser.type("+14155550123")
    browser.key("Tab")
    browser.type("Hello")
    browser.run("document.querySelector('form.form').requestSubmit()")
    browser.until("/^(sent|delivered)$/.test(document.querySelector('.badge')?.textContent)")
    assert [each["text"] for each in world.sends()] == ["Hello"]
    assert browser.complaints == []


def test_texts_are_announced_and_shown_at_a_click(browser: Browser, world: World) -> None:
    world.connect_pairfon()
    browser.sign_in(world.key)
    browser.open("/console/activity")
    for each in HOSTILE:
        world.inject(each)
    browser.until(f"document.querySelector('.fresh')?.textContent === '{len(HOSTILE)} new'")
    assert not browser.run("document.querySelector('.events')")
    browser.press(f"{len(HOSTILE)} new")
    browser.until(f"document.querySelectorAll('.events > li').length === {len(HOSTILE)}")
    shown = browser.run("[...document.querySelectorAll('.text')].map(each => each.textContent)")
    assert set(shown) == set(HOSTILE)
    assert browser.run("document.title").startswith("Activity")
    assert browser.complaints == []


def test_times_are_shown_in_the_zone_of_the_reader(browser: Browser, world: World) -> None:
    world.connect_pairfon()
    world.inject("Dated", received_at="2026-01-31T09:00:00Z")
    until(world.inbox, "the message in the inbox")
    browser.sign_in(world.key)
    browser.open("/console/activity")
    shown = browser.until("document.querySelector('.said time')?.textContent")
    assert "2:30:00" in shown.replace("02:", "2:").replace("14:", "2:")
    title = browser.run("document.querySelector('.said time').title")
    assert title == "2026-01-31 09:00:00 UTC"


def test_a_time_is_chosen_in_the_zone_of_the_reader(browser: Browser, world: World) -> None:
    world.connect_pairfon()
    browser.sign_in(world.key)
    browser.open("/console/jobs/new/send-sms")
    given = {
        "#f-phone": "+14155550123",
        "#f-message": "Later",
        "#f-schedule_at": f"{NEXT_YEAR}T14:30",
    }
    for place, value in given.items():
        browser.run(
            f"(field => {{ field.value = {json.dumps(value)};"
            " field.dispatchEvent(new Event('change')); })"
            f"(document.querySelector({json.dumps(place)}))"
        )
    browser.run("document.querySelector('form.form').requestSubmit()")
    browser.until("document.querySelector('.badge')?.textContent === 'scheduled'")
    [job] = world.get("/v1/jobs")["data"]
    assert job["schedule_at"] == f"{NEXT_YEAR}T09:00:00Z"


def test_a_copy_button_copies_what_stands_beside_it(browser: Browser, world: World) -> None:
    browser.sign_in(world.key)
    browser.call(
        "Browser.grantPermissions",
        browserContextId=browser.context,
        permissions=["clipboardReadWrite", "clipboardSanitizedWrite"],
    )
    browser.run("document.querySelector('[data-copy]').click()")
    browser.until("document.querySelector('[data-copy]').textContent === 'Copied'")
    beside = "document.querySelector('[data-copy]').previousElementSibling.textContent"
    shown = browser.run(beside)
    assert shown
    assert browser.run("navigator.clipboard.readText()") == shown


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_window(
    browser: Browser, world: World, width: int, scheme: str
) -> None:
    connection = world.connect_pairfon()
    world.connect_cloud()
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=world.stack.url + "/x" * 150)
    job = world.settled(world.send().json()["id"])["id"]
    world.inject("W" * 400)
    until(world.inbox, "the message in the inbox")
    browser.wide(width, scheme)
    browser.sign_in(world.key)
    more = [f"/console/jobs/{job}", f"/console/hooks/{hook.json()['id']}"]
    more += [f"/console/activity/{world.inbox()[0]['id']}"]
    more += [f"/console/conversation?connection={connection}&phone=%2B14155550123"]
    for path in [*PAGES, *more, f"/console/connections/{connection}?ids=devices"]:
        browser.open(path)
        assert browser.run("document.documentElement.scrollWidth - innerWidth") <= 0, path
    assert browser.complaints == []


def test_the_keyboard_reaches_the_content_first(browser: Browser, world: World) -> None:
    browser.sign_in(world.key)
    browser.open("/console/activity")
    browser.key("Tab")
    assert browser.run("document.activeElement.textContent") == "Skip to content"
    browser.key("Enter")
    browser.until("location.hash === '#main'")
    browser.key("Tab")
    assert browser.run("document.getElementById('main').contains(document.activeElement)")
    outline = browser.run("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
