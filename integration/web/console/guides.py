"""Guides: the platforms' pages of the documentation, as pages of the console.

Their text is that of web/apps/guide_texts.py. Here their commands can be copied.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from integration.web.apps import guide_texts

KEY = "YOUR_KEY"


@dataclass(frozen=True, kw_only=True)
class Guide:
    """`steps` are its numbered headings; the n-th has the anchor `step-n`."""

    steps: Sequence[str]
    page: Markup

    def with_key(self, key: str) -> Markup:
        """The page with a key where one belongs."""
        return Markup(self.page.replace(KEY, key))


@lru_cache(maxsize=32)
def guide(platform: str, base_url: str) -> Guide:
    """The guide of a platform, by its dashed key, for a service at this address."""
    page = _page(guide_texts.text(platform, base_url))
    return Guide(steps=guide_texts.steps(platform), page=page)


def _page(text: str) -> Markup:
    # It takes a while to import, which only those wait for who read a guide.
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and (step := _number(tokens[place + 1].content)):
            token.attrSet("id", f"step-{step}")
        elif token.type == "inline":
            token.children = [each for each in token.children or [] if not _leads_away(each)]
    reader.add_render_rule("fence", lambda _, each, place, *__: _command(each[place].content))
    first = next(place for place, each in enumerate(tokens) if each.type == "heading_close") + 1
    # The page has its own heading of the first rank.
    return Markup(reader.renderer.render(tokens[first:], reader.options, {}))


def _number(heading: str) -> str:
    found = re.match(r"(\d+)\. ", heading)
    return found[1] if found else ""


def _leads_away(token: object) -> bool:
    """Links to other pages of the documentation, which the console does not have."""
    kind = getattr(token, "type", "")
    return kind in ("link_open", "link_close")


def _command(text: str) -> str:
    shown = escape(text.rstrip("\n"))
    return (
        f'<span class="copied block"><code tabindex="0">{shown}</code><button type="button"'
        f' class="copy" data-copy="{shown}" aria-label="Copy this command" hidden>Copy</button>'
        "</span>"
    )
