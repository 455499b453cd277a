"""Settle: ask the provider about a call whose answer was lost, before anything is sent again.

That a history does not have a text proves something only once the provider has had the time to
write it. A row that might be the text's proves that nothing may be sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from integration.jobs import ledger, listing, new_jobs, retry_schedule
from integration.jobs.claim import Claim
from integration.jobs.finish import NOT_SENT, Ending
from integration.jobs.record import CLOSED, Job
from integration.kernel.errors import ProviderError, ProviderUnavailable
from integration.kernel.signs import NO_SIGN
from integration.kernel.specs import Action, Provider, Settling, Trace
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import past
from integration.store.clock import as_wall, now_ms, wall_ms
from integration.store.script import Rest, script

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
PUT_BACK = (
    "Our data store was put back to an earlier state while this job waited, and this provider"
    f" cannot be asked whether it was done before. {DECIDE}"
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
    if claim.job.account not in (None, claim.account.get("account", "")):
        return f"The connection of this job was given another account since. {DECIDE}"
    return ""


def outcome(services: Services, claim: Claim, action: Action, provider: Provider) -> Ending:
    """The ending of a job that a dead process or a lost answer left as "sending"."""
    if action.repeatable:
        return _again("This action can be repeated without harm.")
    settling = action.settling
    if settling is None or not isinstance(provider, settling.needs):
        return _unasked(claim.job)
    try:
        return _asked(services, claim.job, settling, provider)
    except ProviderUnavailable as error:
        return _later(claim.job, error.message, pause=error.retry_after or 0)
    except ProviderError as error:
        sentence = f"The provider's history cannot be read: {error.message}"
        if error.upstream_status in ASKED_WRONGLY:
            return unknown(sentence)
        return _later(claim.job, sentence)


def _unasked(job: Job) -> Ending:
    """Where nothing proves that the store was put back, a job that waited is done as always."""
    if job.past == past.UNSURE:
        return _again("This provider cannot be asked whether it has it.")
    return unknown(PUT_BACK if job.past else UNASKED)


def _asked(services: Services, job: Job, settling: Settling, provider: Provider) -> Ending:
    since_ms = _earliest_ms(job)
    look = _looked(services, job, settling, provider, since_ms)
    if look.ours:
        return _found(look.ours[0])
    if now_ms() < look.proves_ms:
        return _later(job, "Not in the provider's history yet.", proves_ms=look.proves_ms)
    if not look.doubt:
        look = _looked(services, job, settling, provider, since_ms - WRONG_CLOCK_MS)
    doubt = look.doubt or (ALIKE if look.ours else _untold(job))
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


BEGUN_MS = 60_000
"""How much earlier than its text was taken a job may have been begun; more than a lease."""
EQUAL = (
    "The provider's history has an equal message, and nothing tells which of your jobs sent it."
    " Check with the recipient, then retry or leave it."
)
ALIKE = (
    "The provider's history has a message much like it from that time, so it may have been sent."
    " Compare the two, then retry or leave it."
)


@script("provider_ids", "holders")
def HOLDERS(*, connection: str, numbers: Rest) -> None:
    """Ask which jobs have these ids of a provider."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look at the history showed. `proves_ms` is from when on an absence proves something
    (`now_ms`), `ours` are traces that only this job can have left, the first of them first."""

    proves_ms: float
    ours: Sequence[Trace] = ()
    doubt: str = ""


def _looked(
    services: Services, job: Job, settling: Settling, provider: Provider, since_ms: float
) -> Look:
    """One look at what the provider has since then, by its own clock.

    An answered text whose id the history does not know left a row as well, so rows are counted.
    """
    traces = settling.traces(provider, job.input, datetime.fromtimestamp(since_ms // 1000, UTC))
    shown_ms = provider.shown_within * 1000
    if settling.shown is None or not traces:
        return Look(proves_ms=job.ends_ms + shown_ms, ours=traces)
    # After the traces: a job that left one of them is then among the others.
    alike = {new_jobs.digest(job.action, each.shown) for each in traces if each.doubtful}
    others = listing.sends(services, job, since_ms - BEGUN_MS, {job.equal, *alike})
    equal = [each for each in ledger.several(services, [*others[job.equal]]) if each]
    answered = [at for at in _answered_ms(equal, traces) if at >= since_ms]
    open_ones = [each for each in equal if _may_hold(each)]
    free = _free(services, job, traces)
    spare = len(free) - len(answered)
    # An equal text that was just sent has a row as well, which may not be shown yet.
    last_ms = max([*answered, *(wall_ms() for each in open_ones if each.running)], default=0)
    return Look(
        proves_ms=max(job.ends_ms, last_ms - as_wall(0)) + shown_ms,
        ours=free[len(answered) :] if spare > len(open_ones) else (),
        doubt=EQUAL if spare > 0 else ALIKE if any(not others[each] for each in alike) else "",
    )


def _may_hold(job: Job) -> bool:
    """Whether a row may be this job's. One that was closed by hand left a row of no known time."""
    return job.status in ("sending", "unknown") or CLOSED in [e["outcome"] for e in job.attempts]


def _answered_ms(equal: Sequence[Job], traces: Sequence[Trace]) -> list[float]:
    """When each equal text was sent whose row no id names."""
    known = {each.sent.provider_id for each in traces} - {None}
    return [sent_ms(each) for each in equal if each.provider_id not in known]


def sent_ms(job: Job) -> float:
    """When the provider took it (ms), 0 where it did not say so.

    A text that was found in the history has that history's id. A receipt that changes the record
    later is no sending.
    """
    accepted = [each["at"] for each in job.attempts if each["outcome"] == "sent"]
    return parse_strict(accepted[-1]).timestamp() * 1000 if accepted else 0


def _free(services: Services, job: Job, traces: Sequence[Trace]) -> list[Trace]:
    """Those like the job's, without ids of other jobs and of its own life before a retry."""
    ours = [each for each in traces if not each.doubtful]
    numbers = [each.sent.provider_id or "" for each in ours]
    holders = HOLDERS(connection=job.connection, numbers=numbers).run(services.db)
    known = zip(ours, numbers, holders, strict=True)
    return [
        trace
        for trace, number, holder in known
        if not number or (holder in ("", job.id) and number != job.provider_id)
    ]
