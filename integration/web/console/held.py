"""Held: what a form gave, sealed into the page that asks whether it is to be kept all the same.

A secret that somebody typed is in no page as it was typed, and need not be typed twice.
"""

import time
from collections.abc import Mapping
from typing import Any, cast

from integration.kernel.errors import Forbidden, SettingsError
from integration.web.console import session
from integration.web.core.current import services

USE = "console form"
SECONDS = 900


def sealed(subject: str, given: Mapping[str, str]) -> str:
    """What was given for a subject; it opens in this session alone, for 15 minutes."""
    ends = int(time.time()) + SECONDS
    return services().vault.seal([USE, session.mark(), subject, ends, dict(given)])


def opened(subject: str, text: str) -> dict[str, str]:
    """What was given. Forbidden for what this session's pages did not seal for the subject."""
    try:
        found: Any = services().vault.open(text)
    except SettingsError:  # made up, or sealed under another SECRET_KEY
        found = None
    whose = [USE, session.mark(), subject]
    if not isinstance(found, list) or found[:3] != whose or found[3] < time.time():
        raise Forbidden("This page is out of date; fill in the form again.")
    return cast("dict[str, str]", found[4])
