"""axe-core, the accessibility checker of Deque, in the page that a browser shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.console.browser import Browser
from tests.platforms import node

RUN = """
axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations.flatMap(rule =>
  rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}`)))
"""


@cache
def _source() -> str:
    folder = node.installed(Path(__file__).with_name("package.json"))
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(browser: Browser) -> list[str]:
    """What axe finds in the page: the rule and the element, each of them once.

    Skips the test where its package cannot be installed.
    """
    browser.run(f"{_source()}; true")
    return list(browser.run(RUN))
