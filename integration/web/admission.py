"""Admission: which workspace an API key opens, and how often it may call."""

from __future__ import annotations

import json
import time

from flask import g, request

from integration import keys
from integration.accounts import bootstrap
from integration.accounts.api_keys import SCOPES, digest_of
from integration.kernel.errors import RateLimited, Unauthenticated
from integration.store import Script, TextStore
from integration.web.current import Caller, Quota, require, services

ADMIT = Script(__file__, "admit")
MINUTE = 60
FAILURES, FAILURE_WINDOW = 15, 900
"""Failed authentications a client address may make in that many seconds (CONTRACT §4)."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def admit() -> None:
    """Let the request in, or raise Unauthenticated, RateLimited or Forbidden."""
    key = _presented_key()
    if not key:
        _refuse("No API key was given; send it as 'Authorization: Bearer hk_…' or in X-API-Key.")
    now = time.time()
    record, count = _look_up(digest_of(key), now)
    if not record:
        _refuse("This API key is not known here; it may have been revoked.")
    g.caller = _caller(json.loads(record))
    _count(count, services().settings.rate_limit, MINUTE - int(now % MINUTE))
    require("read" if request.method in READING else "write")


def _look_up(digest: str, now: float) -> tuple[str, int]:
    """The key's record, "" for one that is not known, and how many calls it made this minute.

    An emptied store has forgotten the key that the environment promises: it is made anew.
    """
    counter = keys.rate(f"{digest[:32]}:{int(now // MINUTE)}")
    slots = [keys.API_KEYS, counter], [digest, MINUTE + 5]
    found = ADMIT.run(services().db, *slots)
    if not found[0] and digest == digest_of(services().settings.hookline_api_key):
        bootstrap.ensure(services())
        found = ADMIT.run(services().db, *slots)
    return found[0] or "", found[1]


def _caller(record: dict[str, str]) -> Caller:
    scopes = frozenset(record.get("scopes", SCOPES))
    return Caller(workspace=record["workspace"], key_id=record["id"], scopes=scopes)


def _presented_key() -> str:
    """From the headers only: an address ends up in logs and histories."""
    scheme, _, value = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() in ("bearer", "api-key") and value.strip():
        return value.strip()
    return request.headers.get("X-API-Key", "").strip()


def _count(count: int, limit: int, reset: int) -> None:
    g.quota = Quota(limit=limit, remaining=max(0, limit - count), reset=reset)
    if count > limit:
        raise RateLimited(
            f"This API key made more than {limit} requests in a minute;"
            f" try again in {reset} seconds.",
            retry_after=reset,
        )


def _refuse(why: str) -> None:
    """Count the failure against the address; a known key from there still passes, since
    platforms call for all their customers from shared addresses."""
    count, left = _failures(services().db, request.remote_addr or "unknown")
    g.quota = Quota(limit=FAILURES, remaining=max(0, FAILURES - count), reset=left)
    if count > FAILURES:
        raise RateLimited(
            "Too many failed authentications from this address;"
            f" check the API key and try again in {left} seconds.",
            retry_after=left,
        )
    raise Unauthenticated(why)


def _failures(db: TextStore, address: str) -> tuple[int, int]:
    counter = keys.rate(f"failures:{digest_of(address)[:32]}")
    with db.pipeline(transaction=True) as pipe:
        pipe.incr(counter)
        pipe.expire(counter, FAILURE_WINDOW, nx=True)
        pipe.ttl(counter)
        count, _, left = pipe.execute()
    return int(count), max(1, int(left))
