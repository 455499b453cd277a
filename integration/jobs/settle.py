"""Settle: ask the provider about a call whose answer was lost, before anything is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from integration.jobs import listing
from integration.jobs.claim import Claim
from integration.jobs.finish import NOT_SENT, Ending
from integration.jobs.record import Job
from integration.kernel.errors import ProviderError, ProviderUnavailable
from integration.kernel.specs import Action, Provider, Settling, Trace
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store import keys
from integration.store.clock import as_wall, now_ms, wall_ms
from integration.store.script import script

SKEW = timedelta(minutes=2)
"""How far the provider's clock may be off from ours."""
MOST_STEP_MS = 2 * 3_600_000
"""Clocks that were set by up to this are allowed for. Else a row that seems older than its own send
would count as absent, and the text would be sent twice."""
ASK_AGAIN_MS = 5_000
QUIET_MS = 30_000
"""A provider that was slow to answer may still do what we asked. An absent row proves that nothing
was sent only so long after a time-out."""
FOUND = "found"
ABSENT = "The provider's history does not have it, so it was not sent."
EQUAL_RUNS_MS = 2_000
"""How long to wait while an equal send is under way, whose trace could be taken for ours."""
BEGUN_MS = 60_000
"""How much earlier than its text was taken a job may have been begun; more than a lease."""
LAG_MS = 3_000
"""How long a text that was just taken may be missing from the history."""


@script("provider_ids", "take_trace", makes=(keys.references,))
def TAKE_TRACE(*, connection: str, provider_id: str, id: str) -> None:
    """Make a trace in a provider's history a job's."""


def outcome(services: Services, claim: Claim, action: Action, provider: Provider) -> Ending:
    """The ending of a job that a dead process or a lost answer left as "sending"."""
    if action.repeatable:
        return _again("This action can be repeated without harm.")
    settling = action.settling
    if settling is None or not isinstance(provider, settling.needs):
        return unknown(
            "It may or may not have been sent, and this provider cannot be asked."
            " Check with the recipient, then retry or leave it."
        )
    try:
        return _asked(services, claim, settling, provider)
    except ProviderUnavailable as error:
        pause = int((error.retry_after or 0) * 1000)
        return _later(error.message, max(pause, ASK_AGAIN_MS))
    except ProviderError as error:
        return unknown(f"The provider's history cannot be read: {error.message}")


def _asked(services: Services, claim: Claim, settling: Settling, provider: Provider) -> Ending:
    job = claim.job
    since = datetime.fromtimestamp(_earliest_ms(job) // 1000, UTC)
    others = _others(services, job) if settling.one_each else []
    if _under_way(services, others):
        return _later("An equal message is being sent; asking after it.", EQUAL_RUNS_MS)
    traces = settling.traces(provider, job.input, since)
    if settling.one_each:
        # What an equal job sent while we were reading is in one of the two and not in the other.
        if _standing(_others(services, job)) != _standing(others):
            return _later("An equal message was just sent; asking again.", EQUAL_RUNS_MS)
        if _lags(job, traces, others):
            return _later("An equal message is not in the history yet.", LAG_MS)
        trace = _ours(services, job, traces, others)
    else:
        trace = next(iter(traces), None)
    if trace is None and now_ms() < job.quiet_ms:
        return _later("Not in the provider's history yet; it answered too late.", ASK_AGAIN_MS)
    return _found(trace) if trace else _again(ABSENT)


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


def _ours(
    services: Services, job: Job, traces: Sequence[Trace], others: Sequence[Job]
) -> Trace | None:
    """A trace that no other job left. Jobs that sent the same to the same number account for one
    trace each. They do so by its id or, where the provider's ids do not join, by count."""
    free = [trace for trace in traces if _is_free(services, job, trace)]
    for trace in free[len(_unjoined(job, traces, others)) :]:
        if _take(services, job, trace):
            return trace
    return None


def _others(services: Services, job: Job) -> list[Job]:
    """Equal jobs that may have a part in what the provider shows of the time since ours began."""
    return listing.equals(services, job, _earliest_ms(job) - BEGUN_MS)


def _unjoined(job: Job, traces: Sequence[Trace], others: Sequence[Job]) -> list[Job]:
    """Jobs that left a trace since ours began, and no trace has the id they were answered with."""
    known = {trace.sent.provider_id for trace in traces}
    earliest = _earliest_ms(job)
    return [each for each in others if each.provider_id not in known and sent_ms(each) >= earliest]


def _earliest_ms(job: Job) -> float:
    """When the provider can have taken it at the earliest, by the provider's own clock."""
    step = min(abs(wall_ms() - now_ms()), MOST_STEP_MS)
    return as_wall(job.first_ms) - step - SKEW.total_seconds() * 1000


def _lags(job: Job, traces: Sequence[Trace], others: Sequence[Job]) -> bool:
    young = wall_ms() - LAG_MS
    return any(sent_ms(each) > young for each in _unjoined(job, traces, others))


def sent_ms(job: Job) -> float:
    """When the provider took it (ms), 0 where it did not say so.

    A text that was found in the history has that history's id. A receipt that changes the record
    later is no sending.
    """
    accepted = [each["at"] for each in job.attempts if each["outcome"] == "sent"]
    return parse_strict(accepted[-1]).timestamp() * 1000 if accepted else 0


def _is_free(services: Services, job: Job, trace: Trace) -> bool:
    """A retried job has an id from its life before, whose trace is not the retry's."""
    if trace.sent.provider_id == job.provider_id:
        return False
    return _holder(services, job, trace, "") in ("", job.id)


def _take(services: Services, job: Job, trace: Trace) -> bool:
    """Make the trace this job's, unless another job that is being settled was faster."""
    return _holder(services, job, trace, job.id) == job.id


def _holder(services: Services, job: Job, trace: Trace, taker: str) -> str:
    provider_id = trace.sent.provider_id or ""
    call = TAKE_TRACE(connection=job.connection, provider_id=provider_id, id=taker)
    return str(call.run(services.db))


def _under_way(services: Services, others: Sequence[Job]) -> bool:
    """Whether an equal send has a live lease: its trace may be there before its record is."""
    now = now_ms()
    leases = [services.db.zscore(keys.JOBS_LEASED, each.id) for each in others if each.running]
    return any(lease and lease > now for lease in leases)


def _standing(others: Sequence[Job]) -> list[tuple[str, str, str | None, bool]]:
    return [(each.id, each.status, each.provider_id, each.running) for each in others]


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


def _later(detail: str, pause_ms: int) -> Ending:
    return Ending(
        status="sending",
        message="Its outcome is being looked up.",
        outcome="asking",
        detail=detail,
        later_ms=now_ms() + pause_ms,
    )
