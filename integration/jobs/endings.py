"""Endings: what each result of a provider call makes of its job."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integration.jobs import retry_schedule
from integration.jobs.claim import Claim
from integration.jobs.finish import Ending
from integration.jobs.record import TOOK, asked_ms
from integration.kernel.errors import (
    NoRoom,
    OutcomeUnknown,
    ProviderRejected,
    ProviderUnavailable,
)
from integration.kernel.events import Sent
from integration.store.clock import now_ms, wall_ms


def lost(error: OutcomeUnknown) -> Ending:
    now = now_ms()
    return Ending(
        status="sending",
        message="Its outcome is being looked up.",
        outcome="unknown",
        detail=error.message,
        later_ms=retry_schedule.next_look(now, now, 0),
        ends_ms=now,
    )


def success(sent: Sent) -> Ending:
    return Ending(
        status="sent",
        message=sent.note or "Sent.",
        outcome="sent",
        detail=sent.note or TOOK,
        provider_id=sent.provider_id,
        result=sent.result,
    )


def refusal(error: ProviderRejected) -> Ending:
    """What the provider will refuse again; `code` is for programs."""
    codes = {"code": "opted_out" if error.opted_out else "", "provider_code": error.provider_code}
    ending = failure(error.message, error.upstream_status, **codes)
    return replace(ending, of_account=error.of_account)


def failure(message: str, upstream_status: int, **codes: str) -> Ending:
    told = {name: code for name, code in codes.items() if code}
    error: Mapping[str, Any] = {"status": upstream_status, "message": message, **told}
    return Ending(status="failed", message=message, outcome="rejected", detail=message, error=error)


def waiting(claim: Claim, error: ProviderUnavailable) -> Ending:
    """Queued again; nothing was sent. A rate limit only delays, however long it lasts."""
    if isinstance(error, NoRoom):
        return _full(claim, error)
    now = now_ms()
    over = retry_schedule.is_over(now - claim.job.first_ms, claim.silent_ms)
    if error.retry_after is None and over:
        sentence = f"Given up after {over}. {error.message} Retry it once the provider answers."
        return failure(sentence, error.upstream_status)
    tried = sum(1 for each in claim.job.attempts if each["outcome"] == "unavailable")
    pause = retry_schedule.pause(tried, error.retry_after)
    return Ending(
        status="queued",
        message=f"Waiting for the provider. {error.message}",
        outcome="unavailable",
        detail=error.message,
        later_ms=now + int(pause * 1000),
    )


def _full(claim: Claim, error: NoRoom) -> Ending:
    """Queued again behind what its phone or sender has no room for. The day after which it is given
    up begins with the last text that went, and no earlier than it could go itself."""
    waited_ms = min(claim.full_ms, wall_ms() - asked_ms(claim.job))
    if waited_ms > retry_schedule.GIVE_UP_MS:
        ending = failure(f"Given up after a day. {error.message}", error.upstream_status)
    else:
        ending = Ending(
            status="queued",
            message=f"Waiting for the provider. {error.message}",
            outcome="unavailable",
            detail=error.message,
        )
    return replace(ending, full=error.full, full_ms=int((error.retry_after or 0) * 1000))
