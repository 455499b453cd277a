"""Perform: one run of one job; safe to run twice, since only a claim lets it act."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Mapping
from typing import Any

from redis.exceptions import RedisError

from integration import process
from integration.accounts import connections
from integration.accounts.linking import link
from integration.clock import now_ms
from integration.jobs import devices, ledger, settle
from integration.jobs.ledger import Claim, Ending
from integration.kernel.capabilities import HasDevices
from integration.kernel.errors import (
    HooklineError,
    OutcomeUnknown,
    ProviderRejected,
    ProviderUnavailable,
)
from integration.kernel.events import Sent
from integration.kernel.specs import Action, Provider
from integration.services import Services

DELAYS = (1, 2, 5, 10, 30, 60, 120, 300)
"""Seconds between attempts while the provider is unavailable; the last one repeats."""
GIVE_UP_MS = 6 * 3_600_000
"""A message that could not be handed over for this long is no longer wanted."""
ASK_AFTER_MS = 2_000
"""How long after a lost answer the provider's history is asked; its rows appear with a lag."""
SLOW_SECONDS = 3.0
QUIET_MS = 30_000
"""A provider that was slow to answer may still be about to do what we asked: only this long
after a time-out does an absent row prove that nothing was sent."""
RECORD_SECONDS = 60.0
"""How long an ending is offered to a store that is away; without it a text that we know was sent
would end as unknown."""
MOST_CLAIMS = 10
"""A job that so many processes took up and none brought to an end is broken itself."""


def perform(job_id: str) -> None:
    """RQ's entry point."""
    services = process.services()
    claim = ledger.claim(services, job_id, secrets.token_hex(8))
    if claim is None:
        return
    _record(services, claim, _outcome(services, claim))


def _record(services: Services, claim: Claim, ending: Ending) -> None:
    """Safe to repeat: the token lets it through once, and not after another took the job up."""
    limit = time.monotonic() + RECORD_SECONDS
    while True:
        try:
            ledger.finish(services, claim, ending)
        except RedisError:
            if time.monotonic() > limit or process.stopping.wait(0.5):
                raise
        else:
            return


def _outcome(services: Services, claim: Claim) -> Ending:
    job = claim.job
    if claim.claims > MOST_CLAIMS:
        return settle.unknown("No process could bring this job to an end; see the service's log.")
    connection = connections.by_id(services, job.connection)
    action = services.catalog.actions.get(job.action)
    if connection is None or action is None:
        return failure("The connection of this job was removed.", 422)
    provider = link(services, connection, within=claim.seconds_left())
    if claim.mode == "settle":
        return settle.outcome(services, claim, action, provider)
    ending = attempt(claim, action, provider)
    if issubclass(action.needs, HasDevices):
        devices.forget(services, connection)
    if ending.status in ("sent", "failed"):
        broken = (ending.error or {}).get("status") in (401, 403)
        connections.mark(services, connection, ending.message if broken else "")
    return ending


def attempt(claim: Claim, action: Action, provider: Provider) -> Ending:
    """Make the upstream call once and name what came of it."""
    began = time.monotonic()
    try:
        sent = action.run(provider, claim.job.input)
    except ProviderRejected as error:
        return failure(error.message, error.upstream_status)
    except ProviderUnavailable as error:
        return waiting(claim, error)
    except OutcomeUnknown as error:
        return lost(error, slow=time.monotonic() - began > SLOW_SECONDS)
    except HooklineError as error:
        return failure(error.message, error.status)
    return success(sent)


def lost(error: OutcomeUnknown, *, slow: bool) -> Ending:
    now = now_ms()
    return Ending(
        status="sending",
        message="Its outcome is being looked up.",
        outcome="unknown",
        detail=error.message,
        later_ms=now + ASK_AFTER_MS,
        quiet_ms=now + QUIET_MS if slow else 0,
    )


def success(sent: Sent, detail: str = "") -> Ending:
    return Ending(
        status="sent",
        message=sent.note or "Sent.",
        outcome="sent",
        detail=detail or sent.note or "The provider took it.",
        provider_id=sent.provider_id,
        result=sent.result,
    )


def failure(message: str, upstream_status: int) -> Ending:
    error: Mapping[str, Any] = {"status": upstream_status, "message": message}
    return Ending(status="failed", message=message, outcome="rejected", detail=message, error=error)


def waiting(claim: Claim, error: ProviderUnavailable) -> Ending:
    """Queued again; nothing was sent. A rate limit only delays, however long it lasts."""
    now = now_ms()
    if error.retry_after is None and now - claim.job.first_ms > GIVE_UP_MS:
        return failure(f"Given up after six hours. {error.message}", error.upstream_status)
    tried = sum(1 for each in claim.job.attempts if each["outcome"] == "unavailable")
    pause = error.retry_after or DELAYS[min(tried, len(DELAYS) - 1)] * random.uniform(0.9, 1.1)
    return Ending(
        status="queued",
        message=f"Waiting for the provider. {error.message}",
        outcome="unavailable",
        detail=error.message,
        later_ms=now + int(pause * 1000),
    )
