"""Admission: which workspace an API key opens, and how often it may call."""

from __future__ import annotations

import json
import math

from integration import clock, keys, store_check
from integration.accounts import bootstrap
from integration.accounts.api_keys import SCOPES, digest_of
from integration.kernel.errors import RateLimited, Unauthenticated
from integration.store import Script, TextStore
from integration.web.current import Caller, Quota, call, require, services

ADMIT = Script(__file__, "window", "admit")
REFUSE = Script(__file__, "window", "refuse")
MINUTE = 60
FAILURES, FAILURE_WINDOW = 15, 900
"""Failed authentications a client address may make in that many seconds (CONTRACT §4)."""
REVOKED = "; it may have been revoked."
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def admit(scope: str = "") -> None:
    """Let the request in, or raise Unauthenticated, RateLimited or Forbidden.

    `scope` is what the address takes, where its method does not tell.
    """
    key = _presented_key()
    if not key:
        _refuse("No API key was given; send it as 'Authorization: Bearer hk_…' or in X-API-Key.")
    clock.keep(services().db)
    record, count, reset_ms = _look_up(digest_of(key))
    if not record:
        loss = store_check.lost(services().db)
        _refuse(f"This API key is not known here{f'. {loss}' if loss else REVOKED}")
    call().caller = _caller(json.loads(record))
    _count(count, services().settings.rate_limit, _seconds(reset_ms))
    require(scope or ("read" if call().method in READING else "write"))


def _look_up(digest: str) -> tuple[str, int, int]:
    """The key's record, "" for one that is not known, how many calls it made in the last minute,
    and the milliseconds until the oldest of them leave the count.

    An emptied store has forgotten the key that the environment promises: it is made anew.
    """
    limit = services().settings.rate_limit
    slots = [keys.API_KEYS, keys.quota(digest[:32])], [digest, limit, MINUTE * 1000]
    found = ADMIT.run(services().db, *slots)
    if not found[0] and digest == digest_of(services().settings.hookline_api_key):
        bootstrap.ensure(services())
        found = ADMIT.run(services().db, *slots)
    return found[0] or "", found[1], found[2]


def _caller(record: dict[str, str]) -> Caller:
    scopes = frozenset(record.get("scopes", SCOPES))
    return Caller(workspace=record["workspace"], key_id=record["id"], scopes=scopes)


def _presented_key() -> str:
    """From the headers only: an address ends up in logs and histories."""
    scheme, _, value = call().header("HTTP_AUTHORIZATION").strip().partition(" ")
    if scheme.lower() in ("bearer", "api-key") and value.strip():
        return value.strip()
    return call().header("HTTP_X_API_KEY").strip()


def _count(count: int, limit: int, reset: int) -> None:
    call().quota = Quota(limit=limit, remaining=max(0, limit - count), reset=reset)
    if count > limit:
        raise RateLimited(
            f"This API key made more than {limit} requests in a minute;"
            f" try again in {reset} seconds.",
            retry_after=reset,
        )


def _refuse(why: str) -> None:
    """Count the failure against the address; a known key from there still passes, since
    platforms call for all their customers from shared addresses."""
    count, left = _failures(services().db, call().address)
    call().quota = Quota(limit=FAILURES, remaining=max(0, FAILURES - count), reset=left)
    if count > FAILURES:
        raise RateLimited(
            "Too many failed authentications from this address;"
            f" check the API key and try again in {left} seconds.",
            retry_after=left,
        )
    raise Unauthenticated(why)


def _failures(db: TextStore, address: str) -> tuple[int, int]:
    counter = keys.quota(f"failures:{digest_of(address)[:32]}")
    count, left_ms = REFUSE.run(db, [counter], [FAILURES, FAILURE_WINDOW * 1000])
    return count, _seconds(left_ms)


def _seconds(milliseconds: int) -> int:
    return max(1, math.ceil(milliseconds / 1000))
