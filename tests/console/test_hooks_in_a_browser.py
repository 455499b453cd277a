"""The pages of hooks as a browser shows them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.rig.receiver import Listener
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from tests.console.browser import Browser
from tests.console.hours import within_one_hour

pytestmark = [pytest.mark.page, pytest.mark.slow]


@pytest.fixture
def target() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def test_a_hook_whose_every_delivery_fails_turns_red_by_itself(
    browser: Browser, world: World, target: Listener
) -> None:
    world.connect_pairfon()
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=target.url).json()["id"]
    browser.sign_in(world.key)
    browser.open("/console/hooks")
    assert browser.run("document.querySelector('td .badge').textContent") == "new"
    within_one_hour()
    target.codes += [500] * 20
    world.inject("Nobody takes this")
    browser.until("document.querySelector('td .badge.bad')?.textContent === 'failing'")
    browser.until("document.querySelector('td .error')?.innerText.includes('answered 500')")
    browser.open(f"/console/hooks/{hook}")
    assert browser.run("document.querySelector('h1 + .badge').className") == "badge bad"
    assert browser.run("document.querySelectorAll('.day rect.failed').length") == 1
    assert browser.complaints == []


def test_a_delivery_that_fails_shows_its_next_attempts_by_itself(
    browser: Browser, world: World, target: Listener
) -> None:
    """The last answer stands open there, which nobody but the page opened."""
    world.connect_pairfon()
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=target.url).json()["id"]
    target.codes += [500] * 20
    target.said = b"No table is free"
    world.inject("Nobody takes this")
    path = f"/v1/hooks/{hook}/deliveries"
    [delivery] = until(lambda: [e for e in world.get(path)["data"] if e["attempts"]], "an attempt")
    browser.sign_in(world.key)
    browser.open(f"/console/hooks/{hook}/deliveries/{delivery['id']}")
    assert browser.run("document.querySelector('details[open]').innerText.includes('No table')")
    before = browser.run("document.querySelectorAll('.tries > li').length")
    assert world.post(f"/v1/hooks/{hook}/send-now").ok
    browser.until(f"document.querySelectorAll('.tries > li').length > {before}")
    assert browser.complaints == []


def test_its_deliveries_stay_fresh_while_the_secret_is_shown(
    browser: Browser, world: World, target: Listener
) -> None:
    world.connect_pairfon()
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=target.url).json()["id"]
    target.codes += [500]
    world.inject("Taken at the second try")
    path = f"/v1/hooks/{hook}/deliveries"
    until(lambda: [e for e in world.get(path)["data"] if e["attempts"]], "an attempt")
    browser.sign_in(world.key)
    browser.open(f"/console/hooks/{hook}")
    browser.press("Show")
    browser.until("!!document.querySelector('#secret code')")
    assert world.post(f"/v1/hooks/{hook}/send-now").ok
    browser.until("document.querySelector('#live .badge')?.textContent === 'delivered'")
    assert not browser.run("document.querySelector('.standing').textContent")
    assert browser.run("!!document.querySelector('#secret code')")
    assert browser.complaints == []
