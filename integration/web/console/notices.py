"""Notices: what came of a button, said once on the page that follows it."""

from __future__ import annotations

import time
from typing import Any, Literal

from flask import Response, g, request

from integration.web.console import session

COOKIE = "hookline_notice"
USE = "console notice"
SECONDS = 60
LONGEST = 600
"""Characters; a cookie over 4 KiB is dropped by browsers."""


def leave(tone: Literal["good", "bad"], text: str) -> None:
    """Say this on the next page; a refusal ("bad") in the service's own sentence."""
    g.console_notice = {"tone": tone, "text": text[:LONGEST], "ends": int(time.time()) + SECONDS}


def take() -> dict[str, Any] | None:
    """The notice for this page; it is gone from the next one."""
    left: dict[str, Any] | None = g.pop("console_notice", None)
    return left or session.unsealed(request.cookies.get(COOKIE, ""), USE)


def write(response: Response) -> None:
    left = g.get("console_notice")
    if left:
        session.put(response, COOKIE, session.sealed(left, USE), SECONDS)
    elif COOKIE in request.cookies and response.mimetype == "text/html":
        response.delete_cookie(COOKIE, path="/")
