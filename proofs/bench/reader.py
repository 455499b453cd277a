"""A reader: somebody who is signed in at the console and opens its pages, without a browser."""

from __future__ import annotations

import re

import requests

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
PATIENCE = 30.0
"""Seconds that a page may take."""


class Reader:
    """Signed in with an API key; one connection, which stays open."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.web = requests.Session()
        self.web.trust_env = False
        form = _TOKEN.search(self.web.get(f"{url}/console/sign-in", timeout=PATIENCE).text)
        assert form, "the page of signing in has a form"
        given = {"csrf": form[1], "key": key}
        answer = self.web.post(f"{url}/console/sign-in", data=given, timeout=PATIENCE)
        assert answer.ok, answer.text

    def read(self, path: str, status: int) -> int:
        """Open a page, which has to answer so; returns the bytes of it, unpacked."""
        answer = self.web.get(f"{self.url}{path}", timeout=PATIENCE)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:300]}"
        return len(answer.content)
