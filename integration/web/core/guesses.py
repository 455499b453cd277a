"""Guesses at the operator's password: counted before one is tried, since people choose it.

An API key cannot be guessed, so a known one opens however many failed before it. A password can:
past the limit even the right one has to wait, or a guesser would learn which one it is.
"""

import math
from collections.abc import Callable

from integration.accounts import gate
from integration.accounts.api_keys import digest_of
from integration.kernel.errors import RateLimited, Unauthenticated
from integration.store import keys
from integration.store.lifetimes import FAILURES_SECONDS
from integration.web.core.admission import FAILURES
from integration.web.core.current import call, services

ALL_FAILURES = 150
"""Wrong guesses from all addresses together in FAILURES_SECONDS: each costs 60 ms of computing."""


def check(is_right: Callable[[], bool], wrong: str) -> None:
    """RateLimited after too many guesses, Unauthenticated with the sentence `wrong` for a wrong
    one. A right one ends the count of its address."""
    address = call().wsgi.get("REMOTE_ADDR") or "unknown"
    own = keys.quota(f"guesses:{digest_of(address)[:32]}")
    _count(own, FAILURES)
    _count(keys.quota("guesses"), ALL_FAILURES)
    if not is_right():
        raise Unauthenticated(wrong)
    services().db.delete(own)


def _count(counter: str, limit: int) -> None:
    refuse = gate.REFUSE(failures=counter, limit=limit, length=FAILURES_SECONDS * 1000)
    count, left_ms = refuse.run(services().db)
    if count > limit:
        left = max(1, math.ceil(left_ms / 1000))
        raise RateLimited(
            f"Too many wrong passwords; try again in {left} seconds, or make a link with"
            " `hookline login-link`.",
            retry_after=left,
        )
