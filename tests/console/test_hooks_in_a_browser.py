"""The pages of hooks as a browser shows them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.rig.receiver import Listener
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
