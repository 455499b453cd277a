"""Settle: ask the provider about a call whose answer was lost, before anything is sent again.

That a history does not have a text proves something only once the provider has had the time to
write it. A row that might be the text's proves that nothing may be sent again.
"""

from __future__ import annotations

from integration.jobs import retry_schedule, traces
from integration.jobs.claim import Claim
from integration.jobs.finish import NOT_SENT, Ending
from integration.jobs.record import Job
from integration.kernel.errors import ProviderError, ProviderUnavailable
from integration.kernel.specs import Action, Provider, Settling, Trace
from integration.services import Services
from integration.store.clock import as_wall, now_ms, wall_ms

SKEW_MS = 120_000
"""How far the provider's clock is usually off from ours."""
WRONG_CLOCK_MS = 15 * 3_600_000
"""How far back a last look goes. A slow clock, or a time without its zone, may date a row hours too
early; no place is 15 hours behind UTC."""
MOST_STEP_MS = 2 * 3_600_000
"""Clocks that were set by up to this are allowed for. Else a row that seems older than its own send
would count as absent, and the text would be sent twice."""
ASKED_WRONGLY = (400, 404, 422)
"""Refusals of a history that stay. All others (of the key, or by a redirect) an operator mends."""
FOUND = "found"
ABSENT = "The provider's history does not have it, so it was not sent."
DECIDE = "It may or may not have been sent. Check with the recipient, then retry or leave it."
UNASKED = f"This provider cannot be asked what became of it. {DECIDE}"
TOO_LONG = "It may or may not have been sent; the provider's history could not tell for a day."


def moved(claim: Claim) -> str:
    """Why the account that the call went to cannot be asked any more, "" where it can."""
    if not claim.account.get("sealed"):
        return f"The connection of this job was removed. {DECIDE}"
    if claim.job.account not in (None, claim.account.get("account", "")):
        return f"The connection of this job was given another account since. {DECIDE}"
    return ""


def outcome(services: Services, claim: Claim, action: Action, provider: Provider) -> Ending:
    """The ending of a job that a dead process or a lost answer left as "sending"."""
    if action.repeatable:
        return _again("This action can be repeated without harm.")
    settling = action.settling
    if settling is None or not isinstance(provider, settling.needs):
        return unknown(UNASKED)
    try:
        return _asked(services, claim.job, settling, provider)
    except ProviderUnavailable as error:
        return _later(claim.job, error.message, pause=error.retry_after or 0)
    except ProviderError as error:
        sentence = f"The provider's history cannot be read: {error.message}"
        if error.upstream_status in ASKED_WRONGLY:
            return unknown(sentence)
        return _later(claim.job, sentence)


def _asked(services: Services, job: Job, settling: Settling, provider: Provider) -> Ending:
    since_ms = _earliest_ms(job)
    look = traces.look(services, job, settling, provider, since_ms)
    if look.ours:
        return _found(look.ours[0])
    if now_ms() < look.proves_ms:
        return _later(job, "Not in the provider's history yet.", proves_ms=look.proves_ms)
    if not look.doubt:
        look = traces.look(services, job, settling, provider, since_ms - WRONG_CLOCK_MS)
    doubt = look.doubt or (traces.ALIKE if look.ours else "")
    return unknown(doubt) if doubt else _again(ABSENT)


def _found(trace: Trace) -> Ending:
    if trace.status == "failed":
        sentence = "The provider took it and then failed to send it, as its history says."
        return Ending(
            status="failed",
            message=sentence,
            outcome=FOUND,
            detail=sentence,
            provider_id=trace.sent.provider_id,
            error={"status": 0, "message": sentence},
        )
    return Ending(
        status="sent",
        message="Sent; confirmed by the provider's history.",
        outcome=FOUND,
        detail="Found in the provider's history.",
        provider_id=trace.sent.provider_id,
        result=trace.sent.result,
    )


def _earliest_ms(job: Job) -> float:
    """When the provider can have taken it at the earliest, by the provider's own clock."""
    step = min(abs(wall_ms() - now_ms()), MOST_STEP_MS)
    return as_wall(job.first_ms) - step - SKEW_MS


def unknown(detail: str) -> Ending:
    return Ending(status="unknown", message=detail, outcome="unknown", detail=detail)


def _again(detail: str) -> Ending:
    return Ending(
        status="queued",
        message="Queued again.",
        outcome=NOT_SENT,
        detail=detail,
        later_ms=now_ms(),
    )


def _later(job: Job, detail: str, *, proves_ms: float = 0, pause: float = 0) -> Ending:
    now = now_ms()
    if retry_schedule.is_asked_no_more(job.ends_ms, now):
        return unknown(TOO_LONG)
    return Ending(
        status="sending",
        message="Its outcome is being looked up.",
        outcome="asking",
        detail=detail,
        later_ms=max(
            retry_schedule.next_look(job.ends_ms, now, proves_ms), now + int(pause * 1000)
        ),
    )
