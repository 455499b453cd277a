"""Settle: what became of a call whose answer nobody heard, asked before anything is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from integration import keys
from integration.clock import now_ms
from integration.jobs import ledger
from integration.jobs.ledger import Claim, Ending, Job
from integration.kernel.errors import ProviderError, ProviderUnavailable
from integration.kernel.specs import Action, Provider, Settling, Trace
from integration.services import Services

SKEW = timedelta(minutes=2)
"""How far the provider's clock may be off from ours."""
ASK_AGAIN_MS = 5_000
EQUAL_RUNS_MS = 2_000
"""How long to wait while an equal send is under way, whose trace could be taken for ours."""


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
    if settling.one_each and _equal_under_way(services, claim.job):
        return _later("An equal message is being sent; asking after it.", EQUAL_RUNS_MS)
    try:
        return _asked(services, claim, settling, provider)
    except ProviderUnavailable as error:
        pause = int((error.retry_after or 0) * 1000)
        return _later(error.message, max(pause, ASK_AGAIN_MS))
    except ProviderError as error:
        return unknown(f"The provider's history cannot be read: {error.message}")


def _asked(services: Services, claim: Claim, settling: Settling, provider: Provider) -> Ending:
    job = claim.job
    since = datetime.fromtimestamp(job.first_ms // 1000, UTC) - SKEW
    traces = settling.traces(provider, job.input, since)
    trace = _ours(services, job, traces) if settling.one_each else next(iter(traces), None)
    if trace is None:
        return _again("The provider's history does not have it, so it was not sent.")
    return Ending(
        status="sent",
        message="Sent; confirmed by the provider's history.",
        outcome="sent",
        detail="Found in the provider's history.",
        provider_id=trace.sent.provider_id,
        result=trace.sent.result,
    )


def _ours(services: Services, job: Job, traces: Sequence[Trace]) -> Trace | None:
    """A trace that no other job left. Jobs that sent the same to the same number account for
    one trace each, whether by its id or, where the provider's ids do not join, by count."""
    others = [each for each in _equals(services, job) if each.status in ("sent", "delivered")]
    known = {trace.sent.provider_id for trace in traces}
    earliest = job.first_ms - SKEW.total_seconds() * 1000
    unjoined = [
        each for each in others if each.provider_id not in known and each.updated_ms >= earliest
    ]
    free = [trace for trace in traces if _is_free(services, job, trace)]
    for trace in free[len(unjoined) :]:
        if _take(services, job, trace):
            return trace
    return None


def _is_free(services: Services, job: Job, trace: Trace) -> bool:
    return services.db.get(_reference(job, trace)) in (None, job.id)


def _take(services: Services, job: Job, trace: Trace) -> bool:
    """Make the trace this job's, unless another job that is being settled was faster."""
    services.db.set(_reference(job, trace), job.id, nx=True, ex=keys.JOB_SECONDS)
    return _is_free(services, job, trace)


def _reference(job: Job, trace: Trace) -> str:
    return keys.reference(job.connection, trace.sent.provider_id or "")


def _equal_under_way(services: Services, job: Job) -> bool:
    """Whether an equal send has a live lease: its trace may be there before its record is."""
    now = now_ms()
    running = [each.id for each in _equals(services, job) if each.running]
    leases = [services.db.zscore(keys.JOBS_LEASED, each) for each in running]
    return any(lease and lease > now for lease in leases)


def _equals(services: Services, job: Job) -> list[Job]:
    ids = services.db.zrange(keys.equal_sends(job.connection, job.equal), 0, -1)
    found = [ledger.by_id(services, each) for each in ids if each != job.id]
    return [each for each in found if each]


def unknown(detail: str) -> Ending:
    return Ending(status="unknown", message=detail, outcome="unknown", detail=detail)


def _again(detail: str) -> Ending:
    return Ending(
        status="queued",
        message="Queued again.",
        outcome="not-sent",
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
