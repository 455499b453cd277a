"""Notices: the result of a button, shown once on the page that follows it."""

import time
from typing import Any, Literal, cast

from flask import Response, g, request

from integration.kernel.errors import SettingsError
from integration.web.console import session
from integration.web.core.current import services

COOKIE = "hookline_notice"
USE = "console notice"
"""Says what the sealed value is for: nothing else that the vault sealed passes as a notice."""
SECONDS = 60
LONGEST = 600
"""Characters; a cookie over 4 KiB is dropped by browsers."""


def leave(tone: Literal["good", "bad"], text: str) -> None:
    """Say this on the next page; a refusal ("bad") in the service's own sentence."""
    g.console_notice = {"tone": tone, "text": text[:LONGEST], "ends": int(time.time()) + SECONDS}


def take() -> dict[str, Any] | None:
    """The notice for this page; it is gone from the next one."""
    left: dict[str, Any] | None = g.pop("console_notice", None)
    return left or _opened(request.cookies.get(COOKIE, ""))


def write(response: Response) -> None:
    left = g.get("console_notice")
    if left:
        session.put(response, COOKIE, services().vault.seal([USE, left]), SECONDS)
    elif COOKIE in request.cookies and response.mimetype == "text/html":
        response.delete_cookie(COOKIE, path="/")


def _opened(text: str) -> dict[str, Any] | None:
    """The notice that was sealed; None for anything else, and once its time is over."""
    try:
        found = services().vault.open(text) if text else None
    except SettingsError:  # sealed under another SECRET_KEY, or not by us at all
        return None
    if not isinstance(found, list) or found[0] != USE or found[1]["ends"] < time.time():
        return None
    return cast("dict[str, Any]", found[1])
