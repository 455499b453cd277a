"""Somebody at the console without a browser: fetches pages, fills in the forms that are on them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

from proofs.rig.stack import Stack

Attributes = dict[str, str | None]


class Page(HTMLParser):
    """A page's forms (action to its fields), its text, and every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: dict[str, dict[str, Any]] = {}
        self.tags: list[tuple[str, Attributes]] = []
        self.text = ""
        self._form = ""
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "form":
            self._form = given.get("action") or ""
            self.forms[self._form] = {}
        elif tag == "input" and given.get("name"):
            self._note(given)

    def _note(self, field: Attributes) -> None:
        if field.get("type") != "checkbox" or "checked" in field:
            self.forms.setdefault(self._form, {})[str(field["name"])] = field.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"

    def values(self, tag: str, attribute: str) -> list[str]:
        found = [given for name, given in self.tags if name == tag and attribute in given]
        return [given[attribute] or "" for given in found]


class Visitor:
    """One cookie jar at the console of `stack`."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.web = requests.Session()
        self.web.trust_env = False

    def get(self, path: str, *, follow: bool = True) -> requests.Response:
        address = urljoin(self.stack.url, path)
        return self.web.get(address, timeout=90, allow_redirects=follow)

    def post(self, path: str, *, follow: bool = True, **fields: Any) -> requests.Response:
        address = urljoin(self.stack.url, path)
        return self.web.post(address, data=fields, timeout=90, allow_redirects=follow)

    def page(self, path: str) -> Page:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    def token(self) -> str:
        """The form token of this session, as any page has it."""
        return next(str(form["csrf"]) for form in self.page("/").forms.values() if form.get("csrf"))

    def press(self, path: str, **fields: Any) -> Page:
        """Send a form of ours and see the page that follows."""
        answer = self.post(path, csrf=self.token(), **fields)
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    def sign_in(self, key: str, **fields: Any) -> requests.Response:
        return self.post("/console/sign-in", csrf=self.token(), key=key, **fields)
