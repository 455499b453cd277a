"""The overview as a browser shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.rig.receiver import Listener
from proofs.rig.stack import World
from tests.console.browser import Browser
from tests.console.hours import within_one_hour

pytestmark = [pytest.mark.page, pytest.mark.slow]
VERDICT = "document.querySelector('.state')"


@pytest.fixture
def target() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def test_it_turns_red_by_itself_and_leads_to_the_hook_that_fails(
    browser: Browser, world: World, target: Listener
) -> None:
    world.connect_pairfon()
    fields = {"trigger": "inbound-sms", "target_url": target.url, "description": "Orders"}
    hook = world.post("/v1/hooks", **fields).json()["id"]
    browser.sign_in(world.key)
    browser.until(f"{VERDICT}.className === 'state good'")
    target.codes += [500] * 20
    world.inject("Nobody takes this")
    browser.until(f"{VERDICT}.className === 'state bad'")
    browser.until(f"{VERDICT}.innerText.includes('The target answered 500')")
    browser.press("Orders")
    browser.until(f"location.pathname === '/console/hooks/{hook}'")
    assert browser.complaints == []


def test_its_charts_say_in_words_and_in_a_table_what_they_show(
    browser: Browser, world: World
) -> None:
    world.connect_pairfon()
    within_one_hour()
    world.settled(world.send().json()["id"])
    browser.sign_in(world.key)
    browser.until("document.querySelectorAll('.chart rect.sent').length === 2")
    for name, rows in (("hours", 24), ("days", 30)):
        chart = f"document.getElementById('{name}-desc').closest('figure')"
        said = browser.run(f"document.getElementById('{name}-desc').textContent")
        assert "0 texts came in, 1 were sent, 0 failed" in said
        assert browser.run(f"{chart}.querySelectorAll('tbody tr').length") == rows
        newest = browser.run(f"{chart}.querySelectorAll('tbody tr td')[1].textContent")
        assert newest == "1", "the newest comes first"
    assert browser.complaints == []
