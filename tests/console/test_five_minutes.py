"""README's first five minutes, from an empty home to a text that a hook got and somebody answered.

One service for all, started as README says. The first walk ticks off the steps of a newcomer; those
after it find them done. Each has a number and a target of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from tests.console.browser import Browser, Chromium
from tests.console.home import Home
from tests.console.walker import Typist, Walker

pytestmark = [pytest.mark.page, pytest.mark.slow]
STEPS = "document.querySelectorAll('.start li{}').length"
WISH, ANSWER = "A table for two, please", "See you at 5"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    started = Home(tmp_path_factory.mktemp("home"))
    yield started
    started.stop()


@pytest.fixture
def browser(chromium: Chromium, home: Home) -> Iterator[Browser]:
    opened = Browser(chromium, home.console)
    yield opened
    opened.close()


class Walk:
    """One newcomer's way through the pages."""

    def __init__(self, home: Home, sink: Sink, walker: Walker) -> None:
        self.home, self.sink, self.walker = home, sink, walker
        self.browser = walker.browser
        self.is_first = home.walked == 0
        home.walked += 1
        self.number = f"+1202555018{home.walked}"
        self.question = f"Are you open on day {home.walked}?"

    def enter(self) -> None:
        self.browser.sign_in(self.home.key)
        self.steps_done(4)

    def steps_done(self, count: int) -> None:
        """So many of the first steps are ticked; all seven put the list away for good."""
        left = 7 if self.is_first and count < 7 else 0
        self.browser.open("/")
        self.walker.see(f"{STEPS.format('.done')} === {min(count, left)}")
        assert self.browser.run(STEPS.format("")) == left

    def text_the_service(self, words: str) -> None:
        """By the virtual phone, to which the overview leads."""
        self.browser.open("/")
        links = "[...document.links].filter(each => each.textContent.includes('virtual phone'))"
        led = self.browser.run(f"{links}.map(each => each.href)")
        assert {*led} == {self.home.handset}
        self.browser.open(led[0])
        self.walker.fill("phone", self.number)
        self.walker.fill("message", words)
        self.walker.press("Send", leaves=not self.walker.script)
        self.walker.see(f"{_texts('.mine p')}.includes({json.dumps(words)})")

    def find_it(self, words: str) -> None:
        self.browser.open("/")
        until(lambda: words in self._feed(), "the text in the feed")
        self.walker.see("document.title.startsWith('Activity')")

    def _feed(self) -> list[str]:
        self.walker.press("Activity")
        return list(self.browser.run(_texts(".events .text")))

    def make_a_hook(self, path: str) -> None:
        if self.is_first:
            self.browser.open("/")
            self.walker.press("Choose your platform")
            self.walker.see("document.title.startsWith('Apps')")
        self.walker.press("Hooks")
        self.walker.press("New hook")
        self.walker.fill("target_url", self.sink.url(path))
        self.walker.press("Make the hook")
        self.walker.see("document.querySelector('.notice.good')")

    def get_it(self, path: str, words: str) -> None:
        """The target has the text, and the hook's page says so."""
        [call] = self.sink.wait_for(1, path)
        assert (call.event["phone"], call.event["message"]) == (self.number, words)
        self.browser.open("/")
        self.walker.press("Hooks")
        self.browser.leave(
            lambda: self.walker.choose(
                f"document.querySelectorAll('td a')[{_texts('td .address')}"
                f".indexOf({json.dumps(self.sink.url(path))})]"
            )
        )
        self.walker.see("document.querySelector('td .badge.good')?.textContent === 'delivered'")

    def answer(self) -> None:
        self.walker.press("Activity")
        self.walker.press(self.number)
        self.walker.see(f"{_texts('.talk .in .bubble')}.length === 2")
        self.walker.fill("message", ANSWER)
        self.walker.press("Send")
        self.walker.see(
            "/(sent|delivered)$/.test(document.querySelector('.talk .out .under')"
            "?.textContent.trim())"
        )
        self.browser.open(self.home.handset)
        self.walker.see(f"{_texts('.theirs p')}.includes({json.dumps(ANSWER)})")


def _texts(selector: str) -> str:
    found = f"[...document.querySelectorAll({json.dumps(selector)})]"
    return f"{found}.map(each => each.textContent.trim())"


def test_by_the_keyboard_alone(home: Home, sink: Sink, browser: Browser) -> None:
    take(Walk(home, sink, Typist(browser)))


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")])
def test_by_the_mouse(home: Home, sink: Sink, browser: Browser, width: int, scheme: str) -> None:
    browser.wide(width, scheme)
    take(Walk(home, sink, Walker(browser)))


def test_without_script(home: Home, sink: Sink, browser: Browser) -> None:
    take(Walk(home, sink, Walker(browser, script=False)))


def take(walk: Walk) -> None:
    path = f"/{walk.number}"
    walk.enter()
    walk.text_the_service(walk.question)
    walk.find_it(walk.question)
    walk.steps_done(5)
    walk.make_a_hook(path)
    walk.steps_done(6)
    walk.text_the_service(WISH)
    walk.get_it(path, WISH)
    walk.answer()
    walk.steps_done(7)
    assert walk.browser.complaints == []
    own = {urlsplit(each).netloc for each in (walk.home.console, walk.home.handset)}
    assert walk.browser.hosts == own, "nothing is loaded from elsewhere"
