"""Settle: ask the provider about a call whose answer was lost, before anything is sent again.

That a history does not have a text proves something only once the provider has had the time to
write it. A row that might be the text's proves that nothing may be sent again.
"""

from dataclasses import replace
from datetime import UTC, datetime

from integration.jobs import record, retry_schedule, traces
from integration.jobs.claim import Claim
from integration.jobs.finish import ABSENT, NOT_SENT, Ending
from integration.jobs.record import Job
from integration.kernel.capabilities import FindsSent, RepeatsSafely
from integration.kernel.errors import ProviderError, ProviderUnavailable
from integration.kernel.events import Trace
from integration.kernel.signs import NO_SIGN
from integration.kernel.specs import Action, Provider, Settling
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import past
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
REPEATED = "This provider does a send once under our reference, so it is asked to do it again."
ASKED_AGAIN = "Its answer was lost; it is asked for again under the same reference."
MAY_BE_THERE = "The answer to its first call was lost, so it may have been sent."
REASONS = {
    "too_late": "its time is over",
    "opted_out": "its recipient has opted out",
    "over_pacing": "the pacing of its connection never lets it go",
    "duplicate": "another job has the same text",
}
DECIDE = "It may or may not have been sent. Check with the recipient, then retry or leave it."
UNASKED = f"This provider cannot be asked what became of it. {DECIDE}"
PUT_BACK = (
    "Our data store was put back to an earlier state while this job waited, and this provider"
    f" cannot be asked whether it was done before. {DECIDE}"
)
ELSEWHERE = (
    "Our data store was put back to an earlier state while this job waited, and it may have been"
    f" done since through another of its connections. {DECIDE}"
)
MOST_UNTOLD = 2
UNTOLD = (
    "The provider answered twice without a sign of success, and its history shows no such message."
    f" {DECIDE}"
)
TOO_LONG = "It may or may not have been sent; the provider's history could not tell for a day."


def moved(claim: Claim) -> str:
    """Why the account that the call went to cannot be asked any more, "" where it can."""
    if not claim.account.get("sealed"):
        return f"The connection of this job was removed. {DECIDE}"
    if claim.job.past == past.PROVED and claim.job.legs:
        return ELSEWHERE
    if claim.job.account not in (None, claim.account.get("account", "")):
        return f"The connection of this job was given another account since. {DECIDE}"
    return ""


def outcome(services: Services, claim: Claim, action: Action, provider: Provider) -> Ending:
    """The ending of a job that a dead process or a lost answer left as "sending".

    A provider that can be asked is asked. One that cannot, but does a send once under our
    reference, gets the call again.
    """
    job, settling = claim.job, action.settling
    if action.repeatable:
        return _again("This action can be repeated without harm.")
    by_reference = action.outgoing is not None and isinstance(provider, FindsSent)
    if by_reference or (settling and isinstance(provider, settling.needs)):
        return _answered(services, job, action, provider, by_reference=by_reference)
    return _repeated(job, action, provider) or _unasked(job)


def _answered(
    services: Services, job: Job, action: Action, provider: Provider, *, by_reference: bool
) -> Ending:
    try:
        if by_reference:
            return _referenced(job, action, provider)
        assert action.settling
        return _asked(services, job, action.settling, provider)
    except ProviderUnavailable as error:
        return _later(job, error.message, pause=error.retry_after or 0)
    except ProviderError as error:
        sentence = f"The provider's history cannot be read: {error.message}"
        if error.upstream_status in ASKED_WRONGLY:
            return unknown(sentence)
        return _later(job, sentence)


def _referenced(job: Job, action: Action, provider: Provider) -> Ending:
    """What the provider has under our reference; only this job can have left it."""
    assert action.outgoing
    assert isinstance(provider, FindsSent)
    since = datetime.fromtimestamp(_earliest_ms(job) // 1000, UTC)
    trace = provider.find_sent(action.outgoing(provider, job.input), since)
    if trace is not None:
        return _found(trace)
    if repeated := _repeated(job, action, provider):
        return repeated
    proves_ms = job.ends_ms + provider.shown_within * 1000
    if now_ms() < proves_ms:
        return _later(job, "The provider does not have our reference yet.", proves_ms=proves_ms)
    return _again(ABSENT)


def _repeated(job: Job, action: Action, provider: Provider) -> Ending | None:
    """The call again, None where the provider may have forgotten the reference of the first one
    that may have arrived.

    The first repeat comes at once. The pauses before the others grow with the age of that call.
    Otherwise a provider that only answers with errors would be called every two seconds for a day.
    """
    lost_ms = _first_lost_ms(job)
    if action.outgoing is None or is_forgotten(provider, lost_ms):
        return None
    age_ms = wall_ms() - lost_ms
    tried = any(each["detail"] == REPEATED for each in job.attempts)
    pause_ms = min(int(age_ms), retry_schedule.LONGEST_LOOK_MS) if tried else 0
    return replace(_again(REPEATED, pause_ms), message=ASKED_AGAIN, lost_ms=int(lost_ms))


def is_forgotten(provider: Provider, lost_ms: float) -> bool:
    """Whether the provider may do a call as a new one that was lost then."""
    if not isinstance(provider, RepeatsSafely):
        return True
    age_ms = wall_ms() - lost_ms
    return age_ms + provider.call_seconds * 1000 >= provider.repeat_seconds * 1000


def certain(claim: Claim, ending: Ending) -> Ending:
    """The ending of a run, which nobody may call unsent while an earlier call may have arrived."""
    if claim.mode == "settle" or not claim.job.lost_ms or ending.status != "failed":
        return ending
    reason = REASONS.get((ending.error or {}).get("code", ""), "it does not go out now")
    sentence = f"{MAY_BE_THERE} It was not asked for again, for {reason}. {DECIDE}"
    return replace(unknown(sentence), detail=f"{MAY_BE_THERE} {ending.detail}")


def _first_lost_ms(job: Job) -> float:
    """When the first call that may have arrived was lost, at the earliest."""
    if job.lost_ms:
        return job.lost_ms
    if job.past:
        return record.asked_ms(job)
    lost = [each["at"] for each in job.attempts if each["outcome"] == "unknown"]
    began = [parse_strict(each).timestamp() * 1000 for each in lost]
    return min([each for each in began if each > record.retried_ms(job)], default=0) or as_wall(
        job.ends_ms
    )


def _unasked(job: Job) -> Ending:
    """Where nothing proves that the store was put back, a job that waited is done as always."""
    if job.past == past.UNSURE:
        return _again("This provider cannot be asked whether it has it.")
    return unknown(PUT_BACK if job.past else UNASKED)


def _asked(services: Services, job: Job, settling: Settling, provider: Provider) -> Ending:
    since_ms = _earliest_ms(job)
    look = traces.looked(services, job, settling, provider, since_ms)
    if look.ours:
        return _found(look.ours[0])
    if now_ms() < look.proves_ms:
        return _later(job, "Not in the provider's history yet.", proves_ms=look.proves_ms)
    if not look.doubt:
        look = traces.looked(services, job, settling, provider, since_ms - WRONG_CLOCK_MS)
    doubt = look.doubt or (traces.ALIKE if look.ours else _untold(job))
    return unknown(doubt) if doubt else _again(ABSENT)


def _untold(job: Job) -> str:
    """A provider that answers each time, and whose history does not show this number's texts, would
    text somebody every few minutes."""
    unclear = [each for each in job.attempts if NO_SIGN in each["detail"]]
    return UNTOLD if len(unclear) >= MOST_UNTOLD else ""


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


def _again(detail: str, pause_ms: int = 0) -> Ending:
    return Ending(
        status="queued",
        message="Queued again.",
        outcome=NOT_SENT,
        detail=detail,
        later_ms=now_ms() + max(0, pause_ms),
    )


def _later(job: Job, detail: str, *, proves_ms: float = 0, pause: float = 0) -> Ending:
    now = now_ms()
    if now - job.ends_ms > retry_schedule.LAST_LOOK_MS:
        return unknown(TOO_LONG)
    look = retry_schedule.next_look(job.ends_ms, now, proves_ms)
    if job.past and proves_ms:
        # Its row is there already, or never will be: all that waited would be asked in vain.
        look = int(proves_ms) + 1
    return Ending(
        status="sending",
        message="Its outcome is being looked up.",
        outcome="asking",
        detail=detail,
        later_ms=max(look, now + int(pause * 1000)),
    )
