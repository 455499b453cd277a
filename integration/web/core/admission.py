"""Admission: which workspace an API key opens, and how often it may call."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from werkzeug.exceptions import HTTPException

from integration.accounts import bootstrap
from integration.accounts.api_keys import SCOPES, digest_of
from integration.accounts.gate import ENTER, REFUSE, open_door
from integration.kernel.errors import HooklineError, RateLimited, Unauthenticated
from integration.store import clock, durability, keys
from integration.store.client import Script, TextStore
from integration.store.pipeline import Command
from integration.web.core.answers import Reply
from integration.web.core.current import Call, Caller, Quota, call, caller, require, services

MINUTE = 60
FAILURES, FAILURE_WINDOW = 15, 900
"""Failed authentications a client address may make in that many seconds (CONTRACT §4)."""
REVOKED = "; it may have been revoked."
READING = frozenset({"GET", "HEAD", "OPTIONS"})


Wish = Callable[[str], tuple[Sequence[str], Sequence[Any], Sequence[Command]]]
"""What a step is asked for, by the workspace of its caller: keys, arguments, reads after it."""


def step(script: Script, wish: Wish, scope: str = "") -> list[Any]:
    """Let the request in as `admit` does and run the script, in one round trip; a caller who was
    let in before is not counted again. Gives back what the script tells of its own, and the reads.

    What the workspace of a key is, is remembered; the script compares, and does nothing where the
    key was revoked or changed meanwhile.
    """
    at_hand = call()
    if at_hand.caller is None:
        found = _together(at_hand, script, wish, scope or _scope(at_hand))
        if found is not None:
            return found
        if at_hand.caller is None:
            admit(scope)
    slots, args, reads = wish(caller().workspace)
    told, *rows = at_hand.services.line.run(script, *open_door(slots, args), *reads)
    return [told[3:], *rows]


def _together(at_hand: Call, script: Script, wish: Wish, scope: str) -> list[Any] | None:
    """None where the key has to be looked at first."""
    digest = digest_of(_presented_key(at_hand))
    believed = _believed.get(digest)
    if believed is None or scope not in believed.caller.scopes:
        return None
    clock.keep(at_hand.services.db)
    slots, args, reads = wish(believed.caller.workspace)
    if at_hand.caller is not None:
        return None  # the wish itself had to know first, and counted the call
    limit = at_hand.services.settings.rate_limit
    told, *rows = at_hand.services.line.run(
        script,
        [keys.API_KEYS, keys.quota(digest[:32]), *slots],
        [digest, believed.record, limit, MINUTE * 1000, *args],
        *reads,
    )
    if told[0] != believed.record:
        _believed.pop(digest, None)
        return None
    at_hand.caller = believed.caller
    _count(told[1], limit, _seconds(told[2]))
    return [told[3:], *rows]


def joined(view: Callable[..., Reply]) -> Callable[..., Reply]:
    """For a view that admits by a `step`: where it fails before that, the caller is admitted first,
    so that a stranger is told no more than that he is one, and every call is counted."""

    @wraps(view)
    def admitted(*given: str, **named: str) -> Reply:
        try:
            return view(*given, **named)
        except (HooklineError, HTTPException):
            # Where it was tried it is counted already, and this is what it said.
            if call().caller is None and call().quota is None:
                admit()
            raise

    return admitted


def admit(scope: str = "") -> None:
    """Let the request in, or raise Unauthenticated, RateLimited or Forbidden.

    `scope` is what the address takes, where its method does not tell.
    """
    key = _presented_key(call())
    if not key:
        _refuse("No API key was given; send it as 'Authorization: Bearer hk_…' or in X-API-Key.")
    clock.keep(services().db)
    digest = digest_of(key)
    record, count, reset_ms = _look_up(digest)
    if not record:
        loss = durability.lost(services().db)
        _refuse(f"This API key is not known here{f'. {loss}' if loss else REVOKED}")
    call().caller = _remembered(digest, record)
    _count(count, services().settings.rate_limit, _seconds(reset_ms))
    require(scope or _scope(call()))


def _scope(at_hand: Call) -> str:
    return "read" if at_hand.method in READING else "write"


def _look_up(digest: str) -> tuple[bytes, int, int]:
    """The key's record, empty for one that is not known, how many calls it made in the last
    minute, and the milliseconds until the oldest of them leave the count.

    An emptied store has forgotten the key that the environment promises: it is made anew.
    """
    slots = [keys.API_KEYS, keys.quota(digest[:32])]
    args = [digest, "", services().settings.rate_limit, MINUTE * 1000]
    [found] = services().line.run(ENTER, slots, args)
    if not found[0] and digest == digest_of(services().settings.hookline_api_key):
        bootstrap.ensure(services())
        [found] = services().line.run(ENTER, slots, args)
    return found[0], found[1], found[2]


@dataclass(frozen=True, slots=True)
class Belief:
    """Who a key belongs to, and the record that says so."""

    record: bytes
    caller: Caller


_believed: dict[str, Belief] = {}
MOST_BELIEVED = 5_000
"""Keys that a process remembers; where there are more, it learns them anew."""


def _remembered(digest: str, record: bytes) -> Caller:
    told = json.loads(record)
    scopes = frozenset(told.get("scopes", SCOPES))
    found = Caller(workspace=told["workspace"], key_id=told["id"], scopes=scopes)
    if len(_believed) >= MOST_BELIEVED:
        _believed.clear()
    _believed[digest] = Belief(record, found)
    return found


def _presented_key(at_hand: Call) -> str:
    """From the headers only: an address ends up in logs and histories."""
    scheme, _, value = at_hand.header("HTTP_AUTHORIZATION").strip().partition(" ")
    if scheme.lower() in ("bearer", "api-key") and value.strip():
        return value.strip()
    return at_hand.header("HTTP_X_API_KEY").strip()


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
