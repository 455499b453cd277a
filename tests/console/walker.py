"""Somebody in front of a browser: with a mouse or the keyboard alone, with script or without."""

from __future__ import annotations

import json
import time

from tests.console.browser import LIMIT, Browser

TABS = 400
"""More than any page has controls."""
PAUSE = 0.2
MAIN = "!!document.querySelector('.skip') && !!({})?.closest('#main')"
CALLED = "[...document.querySelectorAll('a, button')].find(each => each.textContent.trim() === {})"
NAMED = "document.querySelector('[name={}]:not([type=hidden])')"


class Walker:
    """Uses the mouse. `script` says whether the browser runs any."""

    def __init__(self, browser: Browser, *, script: bool = True) -> None:
        self.browser, self.script = browser, script
        browser.call("Emulation.setScriptExecutionDisabled", value=not script)

    def press(self, label: str, *, leaves: bool = True) -> None:
        """The first link or button that is called so; it leads to another page if it `leaves`."""
        node = CALLED.format(json.dumps(label))
        if leaves:
            self.browser.leave(lambda: self.choose(node))
        else:
            self.choose(node)

    def choose(self, node: str) -> None:
        self.browser.point(node)

    def fill(self, name: str, text: str) -> None:
        """Write into the field of that name, in the place of what it holds."""
        node = NAMED.format(json.dumps(name))
        self.reach(node)
        self.browser.run(f"{node}.select()")
        self.browser.type(text)

    def reach(self, node: str) -> None:
        self.browser.point(node)

    def see(self, what: str) -> None:
        """Wait until the expression holds, on a page that fits the window. Without script a page
        stands still, so it is loaded again."""
        limit = time.monotonic() + LIMIT
        while not self.browser.run(f"!!({what})"):
            assert time.monotonic() < limit, (what, self.browser.run("document.body.innerText"))
            time.sleep(PAUSE)
            if not self.script:
                self.browser.leave(lambda: self.browser.call("Page.reload"))
        assert self.browser.run("document.documentElement.scrollWidth - innerWidth") <= 0


class Typist(Walker):
    """Uses the keyboard alone: Tab, Enter and letters."""

    def choose(self, node: str) -> None:
        self.reach(node)
        self.browser.key("Enter")

    def reach(self, node: str) -> None:
        """Tab until the focus is there."""
        if self.browser.run(f"document.activeElement === document.body && {MAIN.format(node)}"):
            self.browser.key("Tab")
            assert self.browser.run("document.activeElement.textContent") == "Skip to content"
            self.browser.key("Enter")
        for _ in range(TABS):
            if self.browser.run(f"document.activeElement === ({node})"):
                outline = self.browser.run("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", f"the focus does not show on {node}"
                return
            self.browser.key("Tab")
        raise AssertionError(f"the keyboard does not reach {node}")
