"""Admission: which workspace an API key opens, and how often it may call.

Most views are reached by a caller whom `admit` let in. The busiest hold a `ticket` instead, and
admit the caller in the same round trip in which they `commit` what the caller asks for.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from werkzeug.exceptions import HTTPException

from integration.accounts import api_keys, bootstrap, gate
from integration.accounts.api_keys import digest_of
from integration.accounts.gate import Admission
from integration.kernel.errors import HooklineError, RateLimited, Unauthenticated, Unavailable
from integration.store import clock, durability, keys, measuring
from integration.store.client import in_passing
from integration.store.lifetimes import FAILURES_SECONDS
from integration.store.pipeline import Command
from integration.store.script import ScriptCall
from integration.web.core.answers import Reply
from integration.web.core.current import Call, Caller, Quota, call, caller, require, services
from integration.web.core.rights import READING, caller_of, is_over

Request = Callable[[Admission], ScriptCall]
"""The call of a script that admits its caller, once it is known how."""
MINUTE = 60
FAILURES = 15
"""Failed authentications that a client address may make in FAILURES_SECONDS."""
REVOKED = "; it may have been revoked."
MOST_CACHED = 5_000
"""API keys that a process caches; where there are more, it reads them again."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Who calls, and what a commit needs to admit the caller.

    `record` is the record of the API key as this process cached it, b"" for a caller who was
    admitted before. `admission` is what the commit's script is given of it.
    """

    caller: Caller
    record: bytes
    admission: Admission


def ticket() -> Ticket:
    """The ticket of the request at hand, from the cached key: no round trip precedes the commit.

    A key that is not cached is looked up, which admits its caller; raises what `admit` raises.
    """
    at_hand = call()
    if at_hand.caller is None:
        cached = at_hand.services.key_cache.get(digest_of(presented_key(at_hand)))
        if isinstance(cached, Ticket) and _scope(at_hand) in cached.caller.scopes:
            _keep()
            if not is_over(cached.caller):
                return cached
        admit()
    return Ticket(caller=caller(), record=b"", admission=gate.ADMITTED)


def commit(held: Ticket, request: Request, *reads: Command, kept: bool = False) -> list[Any]:
    """Admit the caller and run the script of the request, in one step and one round trip.

    With `kept`, raises NotReplicated where the store's replicas do not confirm what it wrote.

    Returns what the script returns of its own, and what the commands read right after it. The
    script does nothing where the key was revoked or changed after it was cached. Then the key is
    looked up, and the same call is made again. A caller who was admitted is not counted twice.
    """
    at_hand = call()
    if at_hand.caller is None:
        answer, *rows = at_hand.services.line.run(request(held.admission), *reads, kept=kept)
        if answer[0] == held.record:
            at_hand.caller = held.caller
            _count(answer[1], _seconds(answer[2]), held.admission)
            return [answer[3:], *rows]
        at_hand.services.key_cache.pop(digest_of(presented_key(at_hand)), None)
        admit()
    if caller().workspace != held.caller.workspace:
        raise Unavailable("This API key was changed right now; try again.", retry_after=1)
    answer, *rows = at_hand.services.line.run(request(gate.ADMITTED), *reads, kept=kept)
    return [answer[3:], *rows]


def admits_at_commit(view: Callable[..., Reply]) -> Callable[..., Reply]:
    """For a view that admits its caller by `commit`.

    Where the view fails before that, the caller is admitted first: a stranger learns only that the
    key is missing, and every call is counted.
    """

    @wraps(view)
    def admitted(*given: str, **named: str) -> Reply:
        try:
            return view(*given, **named)
        except (HooklineError, HTTPException):
            # A failed admission was counted already, and raised this very error.
            if call().quota is None:
                ensure_admitted()
            raise

    return admitted


def ensure_admitted() -> None:
    """`admit`, unless that was done."""
    if call().caller is None:
        admit()


def admit(scope: str = "") -> None:
    """Let the request in, or raise Unauthenticated, RateLimited or Forbidden.

    `scope` is what the address takes, where its method does not tell.
    """
    key = presented_key(call())
    if not key:
        _refuse("No API key was given; send it as 'Authorization: Bearer hk_…' or in X-API-Key.")
    _keep()
    digest = digest_of(key)
    record, counted, admission = _look_up(digest)
    if not record:
        loss = durability.lost(services().db)
        _refuse(f"This API key is not known here{f'. {loss}' if loss else REVOKED}")
    found = _cached(digest, record)
    if is_over(found):
        _refuse("This API key has expired; make another one.")
    call().caller = found
    _count(counted[0], _seconds(counted[1]), admission)
    require(scope or _scope(call()))


def rehearse() -> None:
    """Ask the store in the way that every call does, which reads and counts in one step. Raises
    where that would fail."""
    _keep()
    counter = keys.quota("readiness")
    services().line.run(gate.REFUSE(failures=counter, limit=1, length=1000))


def _keep() -> None:
    """What a web process does once a second, while it is asked something."""
    clock.keep(services().db)
    with in_passing(of_a_call=True):
        measuring.keep(services().db)


def _scope(at_hand: Call) -> str:
    return "read" if at_hand.method in READING else "act"


def _look_up(digest: str) -> tuple[bytes, tuple[int, int], Admission]:
    """The key's record, empty for an unknown key. Beside it, the calls that count against its limit
    and the milliseconds until the oldest of these leave the count, and how they were counted.

    An emptied store has lost the key that the environment promises: the key is made again.
    """
    cached = services().key_cache.get(digest)
    admission = cached.admission if isinstance(cached, Ticket) else _admission(digest, b"", {})
    [found] = services().line.run(gate.ENTER(**admission))
    if not found[0] and digest == digest_of(services().settings.hookline_api_key):
        bootstrap.ensure(services())
        [found] = services().line.run(gate.ENTER(**admission))
    limits = json.loads(found[0]).get("limits") if found[0] else {}
    if found[0] and admission["key_record"] != found[0] and (cached or limits):
        # It was not counted, or against the limit of a key whose workspace has none of its own.
        admission = _admission(digest, found[0], limits)
        [found] = services().line.run(gate.ENTER(**admission))
    return found[0], (found[1], found[2]), admission


def _admission(digest: str, record: bytes, limits: Mapping[str, int] | None) -> Admission:
    """A workspace with a limit of its own has it for all its keys together."""
    own = (limits or {}).get("rate_limit")
    subject = f"workspace:{digest_of(json.loads(record)['workspace'])[:32]}" if own else digest[:32]
    return Admission(
        key_calls=keys.quota(subject),
        key_digest=digest,
        key_record=record,
        key_limit=own or services().settings.rate_limit,
        key_window=MINUTE * 1000,
    )


def _cached(digest: str, record: bytes) -> Caller:
    """The caller of this record, which is cached as the key's."""
    known = json.loads(record)
    found = caller_of(known)
    cache = services().key_cache
    held = cache.get(digest)
    if not isinstance(held, Ticket) or held.record != record:
        # Once in each process: no call pays for it.
        api_keys.note_call(services().db, known)
    if len(cache) >= MOST_CACHED:
        cache.clear()
    admission = _admission(digest, record, found.limits)
    cache[digest] = Ticket(caller=found, record=record, admission=admission)
    return found


def presented_key(at_hand: Call) -> str:
    """From the headers only: an address ends up in logs and histories."""
    scheme, _, value = at_hand.header("HTTP_AUTHORIZATION").strip().partition(" ")
    if scheme.lower() in ("bearer", "api-key") and value.strip():
        return value.strip()
    return at_hand.header("HTTP_X_API_KEY").strip()


def _count(count: int, reset: int, admission: Admission) -> None:
    limit = admission["key_limit"]
    call().quota = Quota(limit=limit, remaining=max(0, limit - count), reset=reset)
    if count > limit:
        who = "The keys of this workspace" if caller().limits.get("rate_limit") else "This API key"
        raise RateLimited(
            f"{who} made more than {limit} requests in a minute; try again in {reset} seconds.",
            retry_after=reset,
        )


def _refuse(why: str) -> None:
    """Count the failure against the address; a known key from there still passes, since
    platforms call for all their customers from shared addresses."""
    # Where the client calls from.
    address = call().wsgi.get("REMOTE_ADDR") or "unknown"
    counter = keys.quota(f"failures:{digest_of(address)[:32]}")
    refuse = gate.REFUSE(failures=counter, limit=FAILURES, length=FAILURES_SECONDS * 1000)
    count, left_ms = refuse.run(services().db)
    left = _seconds(left_ms)
    call().quota = Quota(limit=FAILURES, remaining=max(0, FAILURES - count), reset=left)
    if count > FAILURES:
        raise RateLimited(
            "Too many failed authentications from this address;"
            f" check the API key and try again in {left} seconds.",
            retry_after=left,
        )
    raise Unauthenticated(why)


def _seconds(milliseconds: int) -> int:
    return max(1, math.ceil(milliseconds / 1000))
