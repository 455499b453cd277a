"""Traces: what a provider's history shows of a job whose answer was lost, and whose each row is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from integration.jobs import ledger, legs, listing, new_jobs, record
from integration.jobs.record import CLOSED, Job
from integration.kernel.events import Trace
from integration.kernel.specs import Provider, Settling
from integration.kernel.times import parse_strict
from integration.services import Services
from integration.store.clock import as_wall, wall_ms
from integration.store.script import Rest, script

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
    """Ask which sends have these ids of a provider."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look at the history showed. `proves_ms` is from when on an absence proves something
    (`now_ms`), `ours` are traces that only this job can have left, the first of them first."""

    proves_ms: float
    ours: Sequence[Trace] = ()
    doubt: str = ""


def looked(
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
    others = listing.sends(services, job, since_ms - BEGUN_MS, {job.equal, *_alike(job, traces)})
    logged = ledger.several(services, [*others[job.equal]])
    equal = [each for each in logged if each and legs.may_be_at(each, job.connection)]
    answered = [at for at in _answered_ms(equal, traces) if at >= since_ms]
    open_ones = [each for each in equal if _may_hold(each)]
    # After the others: a job that was answered meanwhile then holds its row.
    free = _free(services, job, traces)
    ours = [each for each in free if not each.doubtful]
    spare = len(ours) - len(answered)
    is_like = any(not others[each] for each in _alike(job, free))
    # An equal text that was just sent has a row as well, which may not be shown yet.
    last_ms = max([*answered, *(wall_ms() for each in open_ones if each.running)], default=0)
    return Look(
        proves_ms=max(job.ends_ms, last_ms - as_wall(0)) + shown_ms,
        ours=ours[len(answered) :] if spare > len(open_ones) else (),
        doubt=EQUAL if spare > 0 else ALIKE if is_like else "",
    )


def _alike(job: Job, traces: Sequence[Trace]) -> set[str]:
    """The digests of what the doubtful ones show."""
    return {new_jobs.digest(job.action, each.shown) for each in traces if each.doubtful}


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
    """Those without ids of other jobs and of its own sends before a retry."""
    numbers = [each.sent.provider_id or "" for each in traces]
    holders = HOLDERS(connection=job.connection, numbers=numbers).run(services.db)
    ours = ("", record.reference(job))
    return [trace for trace, holder in zip(traces, holders, strict=True) if holder in ours]
